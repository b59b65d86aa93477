import { type Result, succeed } from '../../../result.ts';
import {
  checkLength,
  rangeFailure,
  readHexadecimal,
  readUnsigned,
  writeHexadecimal,
  writeUnsigned,
} from '../../byte-view.ts';
import { type ReservedByte, reservedBytes, writeReserved } from '../../layout.ts';

export const namespaceDescriptorsLength = 4096;
const structure = 'Namespace Identification Descriptor list';
const headerLength = 4;

/** What a namespace identification descriptor identifies with, and the length of that in bytes. */
export const namespaceDescriptorTypes = {
  eui64: { type: 1, size: 8, title: 'IEEE Extended Unique Identifier' },
  nguid: { type: 2, size: 16, title: 'Namespace Globally Unique Identifier' },
  uuid: { type: 3, size: 16, title: 'Namespace UUID' },
  csi: { type: 4, size: 1, title: 'Command Set Identifier' },
} as const;

/** One descriptor: its type (NIDT) and its identifier (NID) as hexadecimal digits in stored order. */
export interface NamespaceDescriptor {
  readonly type: number;
  readonly identifier: string;
}

/** The identifiers of one namespace (NVMe Base 2.1, 5.1.13, CNS 03h); types above 4 are kept as they are. */
export interface NamespaceDescriptors {
  readonly descriptors: readonly NamespaceDescriptor[];
  readonly reserved: readonly ReservedByte[];
}

/** Decodes exactly 4096 bytes. A descriptor of length 0 ends the list. */
export function decodeNamespaceDescriptors(bytes: Uint8Array): Result<NamespaceDescriptors> {
  const checked = checkLength(structure, bytes, namespaceDescriptorsLength);
  if (!checked.ok) return checked;
  const descriptors: NamespaceDescriptor[] = [];
  let at = 0;
  while (at + headerLength <= bytes.length) {
    const type = readUnsigned(bytes, range('NIDT', at, 1));
    const size = readUnsigned(bytes, range('NIDL', at + 1, 1));
    if (!type.ok) return type;
    if (!size.ok) return size;
    if (size.value === 0) break;
    const wanted = sizeOfType(type.value);
    if (wanted !== undefined && wanted !== size.value)
      return rangeFailure(
        'device-data',
        range('NIDL', at + 1, 1),
        `type ${type.value} is ${wanted} bytes long, not ${size.value}`,
      );
    const identifier = readHexadecimal(bytes, range('NID', at + headerLength, size.value));
    if (!identifier.ok) return identifier;
    descriptors.push({ type: type.value, identifier: identifier.value });
    at += headerLength + size.value;
  }
  const encoded = encodeNamespaceDescriptors({ descriptors, reserved: [] });
  return encoded.ok ? succeed({ descriptors, reserved: reservedBytes(bytes, encoded.value) }) : encoded;
}

/** Encodes into 4096 bytes. */
export function encodeNamespaceDescriptors(value: NamespaceDescriptors): Result<Uint8Array> {
  const bytes = new Uint8Array(namespaceDescriptorsLength);
  let at = 0;
  for (const { type, identifier } of value.descriptors) {
    const size = identifier.replaceAll('-', '').length / 2;
    const wanted = sizeOfType(type);
    if (size < 1 || (wanted !== undefined && wanted !== size))
      return rangeFailure(
        'invalid-request',
        range('NIDL', at + 1, 1),
        `an identifier of type ${type} cannot be ${size} bytes long`,
      );
    for (const written of [
      writeUnsigned(bytes, range('NIDT', at, 1), type),
      writeUnsigned(bytes, range('NIDL', at + 1, 1), size),
      writeHexadecimal(bytes, range('NID', at + headerLength, size), identifier),
    ])
      if (!written.ok) return written;
    at += headerLength + size;
  }
  return writeReserved(structure, value.reserved, bytes);
}

function sizeOfType(type: number): number | undefined {
  return Object.values(namespaceDescriptorTypes).find((known) => known.type === type)?.size;
}

function range(field: string, offset: number, size: number) {
  return { structure, field, offset, size };
}
