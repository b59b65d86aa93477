import { type Result, succeed } from '../../../result.ts';
import { checkLength } from '../../byte-view.ts';
import {
  decodeFields,
  encodeFields,
  type FieldValues,
  fieldsOf,
  type ReservedByte,
  reservedBytes,
  writeReserved,
} from '../../layout.ts';
import { virtualSubsystemClause } from './virtual-subsystem-identity.ts';

export const offeredCapabilitiesLength = 4096;
const structure = 'Offered Capabilities';
const formatsOffset = 128;
const formatLength = 4;
const formatCount = 64;

/** What a controlling function says of its secondaries, LBA formats apart. */
export const offeredCapabilitiesFields = fieldsOf(virtualSubsystemClause, [
  ['ioqp', 0, 2, 'unsigned', 'I/O queue pairs that one secondary controller can have'],
  ['intv', 2, 2, 'unsigned', 'Interrupt vectors that one secondary controller can have'],
  ['vid', 4, 2, 'unsigned', 'PCI Vendor ID that a guest reads'],
  ['did', 6, 2, 'unsigned', 'PCI Device ID'],
  ['ssvid', 8, 2, 'unsigned', 'PCI Subsystem Vendor ID'],
  ['ssid', 10, 2, 'unsigned', 'PCI Subsystem ID'],
  ['rid', 12, 1, 'unsigned', 'PCI Revision ID'],
  ['cc', 13, 3, 'unsigned', 'PCI Class Code'],
  ['cap', 16, 8, 'big', 'CAP property'],
  ['logs', 32, 32, 'bytes', 'Log pages: bit n of the 256 is log page n'],
  ['feats', 64, 32, 'bytes', 'Features: bit n of the 256 is feature n'],
]);

/** One LBA format, as in Identify Namespace (NVM Command Set 1.1, 4.1.5.1); from byte 128 on, 64 of 4 bytes. */
export const offeredFormatFields = fieldsOf(virtualSubsystemClause, [
  ['ms', 0, 2, 'unsigned', 'Metadata Size in bytes'],
  ['ds', 2, 1, 'unsigned', 'LBA Data Size as a power of two; 0: no such format'],
  ['rp', 3, 1, 'unsigned', 'Relative Performance'],
]);
export type OfferedFormat = FieldValues<typeof offeredFormatFields>;

/** What a fresh secondary controller of this controlling function would show outside every virtual subsystem. */
export type OfferedCapabilitiesWire = FieldValues<typeof offeredCapabilitiesFields> & {
  /** LBA formats of a new namespace, by index; without those behind the last. At most 64. */
  readonly formats: readonly OfferedFormat[];
  readonly reserved: readonly ReservedByte[];
};

/** Decodes exactly 4096 bytes. */
export function decodeOfferedCapabilities(bytes: Uint8Array): Result<OfferedCapabilitiesWire> {
  const checked = checkLength(structure, bytes, offeredCapabilitiesLength);
  if (!checked.ok) return checked;
  const fields = decodeFields(structure, offeredCapabilitiesFields, bytes);
  if (!fields.ok) return fields;
  const formats: OfferedFormat[] = [];
  for (let index = 0; index < formatCount; index++) {
    const base = formatsOffset + index * formatLength;
    const format = decodeFields(`${structure}, LBA format ${index}`, offeredFormatFields, bytes, base);
    if (!format.ok) return format;
    formats.push(format.value);
  }
  while (formats.length > 0 && isBlank(formats.at(-1))) formats.pop();
  const known = { ...fields.value, formats, reserved: [] };
  const encoded = encodeOfferedCapabilities(known);
  return encoded.ok ? succeed({ ...known, reserved: reservedBytes(bytes, encoded.value) }) : encoded;
}

/** Encodes into 4096 bytes. */
export function encodeOfferedCapabilities(value: OfferedCapabilitiesWire): Result<Uint8Array> {
  const bytes = new Uint8Array(offeredCapabilitiesLength);
  const written = encodeFields(structure, offeredCapabilitiesFields, value, bytes);
  if (!written.ok) return written;
  for (const [index, format] of value.formats.slice(0, formatCount).entries()) {
    const base = formatsOffset + index * formatLength;
    const name = `${structure}, LBA format ${index}`;
    const encoded = encodeFields(name, offeredFormatFields, format, bytes, base);
    if (!encoded.ok) return encoded;
  }
  return writeReserved(structure, value.reserved, bytes);
}

function isBlank(format: OfferedFormat | undefined): boolean {
  return format !== undefined && format.ms === 0 && format.ds === 0 && format.rp === 0;
}
