import { type Result, succeed } from '../../../result.ts';
import { checkLength, readUnsigned, readUuid, writeHexadecimal, writeUnsigned } from '../../byte-view.ts';
import { type ReservedByte, reservedBytes, writeReserved } from '../../layout.ts';

export const controllerStateFormatsLength = 4096;
const structure = 'Supported Controller State Formats';
const listOffset = 2;

/**
 * Which formats of saved state a controller can produce and load (NVMe Base 2.1, 5.1.13, CNS 20h). Commands name an
 * entry by its position counted from 1 (CSVI, CSUUIDI); 0 stands for none.
 */
export interface ControllerStateFormats {
  /** Versions of the NVMe-defined part, at most 255. */
  readonly versions: readonly number[];
  /** UUIDs of vendor-specific parts, at most 255. */
  readonly uuids: readonly string[];
  readonly reserved: readonly ReservedByte[];
}

/** Decodes exactly 4096 bytes. Refuses counts whose entries do not fit. */
export function decodeControllerStateFormats(bytes: Uint8Array): Result<ControllerStateFormats> {
  const checked = checkLength(structure, bytes, controllerStateFormatsLength);
  if (!checked.ok) return checked;
  const versionCount = readUnsigned(bytes, range('NV', 0, 1));
  const uuidCount = readUnsigned(bytes, range('NUUID', 1, 1));
  if (!versionCount.ok) return versionCount;
  if (!uuidCount.ok) return uuidCount;
  const versions: number[] = [];
  for (let index = 0; index < versionCount.value; index++) {
    const version = readUnsigned(bytes, versionRange(index));
    if (!version.ok) return version;
    versions.push(version.value);
  }
  const uuids: string[] = [];
  for (let index = 0; index < uuidCount.value; index++) {
    const uuid = readUuid(bytes, uuidRange(versions.length, index));
    if (!uuid.ok) return uuid;
    uuids.push(uuid.value);
  }
  const encoded = encodeControllerStateFormats({ versions, uuids, reserved: [] });
  return encoded.ok ? succeed({ versions, uuids, reserved: reservedBytes(bytes, encoded.value) }) : encoded;
}

/** Encodes into 4096 bytes; fails when the lists together do not fit. */
export function encodeControllerStateFormats(value: ControllerStateFormats): Result<Uint8Array> {
  const bytes = new Uint8Array(controllerStateFormatsLength);
  const written = [
    writeUnsigned(bytes, range('NV', 0, 1), value.versions.length),
    writeUnsigned(bytes, range('NUUID', 1, 1), value.uuids.length),
    ...value.versions.map((version, index) => writeUnsigned(bytes, versionRange(index), version)),
    ...value.uuids.map((uuid, index) =>
      writeHexadecimal(bytes, uuidRange(value.versions.length, index), uuid),
    ),
  ];
  const failed = written.find((step) => !step.ok);
  return failed ?? writeReserved(structure, value.reserved, bytes);
}

function versionRange(index: number) {
  return range(`version ${index + 1}`, listOffset + index * 2, 2);
}

function uuidRange(versions: number, index: number) {
  return range(`UUID ${index + 1}`, listOffset + versions * 2 + index * 16, 16);
}

function range(field: string, offset: number, size: number) {
  return { structure, field, offset, size };
}
