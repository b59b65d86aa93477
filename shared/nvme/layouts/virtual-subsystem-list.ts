import { type Result, succeed } from '../../result.ts';
import { checkLength, rangeFailure, readUnsigned, writeUnsigned } from '../byte-view.ts';
import {
  decodeFields,
  encodeFields,
  type FieldValues,
  fieldsOf,
  type ReservedByte,
  reservedBytes,
  writeReserved,
} from '../layout.ts';
import { virtualSubsystemClause } from './virtual-subsystem-identity.ts';

export const virtualSubsystemListLength = 4096;
export const maximumListedVirtualSubsystems = 1020;
const structure = 'Virtual Subsystem List';
const headerLength = 16;
const entryLength = 4;

/** One entry of the list. */
export const virtualSubsystemListFields = fieldsOf(virtualSubsystemClause, [
  ['vsid', 0, 2, 'unsigned', 'Virtual Subsystem Identifier'],
  ['nmem', 2, 2, 'unsigned', 'Number of Members'],
]);
export type VirtualSubsystemListEntry = FieldValues<typeof virtualSubsystemListFields>;

/** The virtual subsystems of one controlling function (Virtual Subsystem Receive, List Virtual Subsystems). */
export interface VirtualSubsystemList {
  readonly entries: readonly VirtualSubsystemListEntry[];
  readonly reserved: readonly ReservedByte[];
}

/** Decodes exactly 4096 bytes. */
export function decodeVirtualSubsystemList(bytes: Uint8Array): Result<VirtualSubsystemList> {
  const checked = checkLength(structure, bytes, virtualSubsystemListLength);
  if (!checked.ok) return checked;
  const count = readUnsigned(bytes, countRange);
  if (!count.ok) return count;
  if (count.value > maximumListedVirtualSubsystems)
    return rangeFailure('device-data', countRange, `${count.value} entries do not fit`);
  const entries: VirtualSubsystemListEntry[] = [];
  for (let index = 0; index < count.value; index++) {
    const base = headerLength + index * entryLength;
    const entry = decodeFields(`${structure}, entry ${index}`, virtualSubsystemListFields, bytes, base);
    if (!entry.ok) return entry;
    entries.push(entry.value);
  }
  const encoded = encodeVirtualSubsystemList({ entries, reserved: [] });
  return encoded.ok ? succeed({ entries, reserved: reservedBytes(bytes, encoded.value) }) : encoded;
}

/** Encodes up to 1020 entries into 4096 bytes. */
export function encodeVirtualSubsystemList(value: VirtualSubsystemList): Result<Uint8Array> {
  const bytes = new Uint8Array(virtualSubsystemListLength);
  if (value.entries.length > maximumListedVirtualSubsystems)
    return rangeFailure('invalid-request', countRange, `${value.entries.length} entries do not fit`);
  const count = writeUnsigned(bytes, countRange, value.entries.length);
  if (!count.ok) return count;
  for (const [index, entry] of value.entries.entries()) {
    const base = headerLength + index * entryLength;
    const written = encodeFields(
      `${structure}, entry ${index}`,
      virtualSubsystemListFields,
      entry,
      bytes,
      base,
    );
    if (!written.ok) return written;
  }
  return writeReserved(structure, value.reserved, bytes);
}

const countRange = { structure, field: 'number of entries', offset: 0, size: 2 };
