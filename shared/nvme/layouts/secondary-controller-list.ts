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

export const secondaryControllerListLength = 4096;
/** A list holds at most 127 entries; read on with the last SCID plus 1 as CNTID. */
export const maximumSecondaryControllerEntries = 127;
const structure = 'Secondary Controller List';
const headerLength = 32;
const entryLength = 32;

/** Fields of one entry, offsets from the entry's own start (NVMe Base 2.1, 5.1.13, CNS 15h). */
export const secondaryControllerEntryFields = fieldsOf('NVMe Base 2.1, 5.1.13 (CNS 15h)', [
  ['scid', 0, 2, 'unsigned', 'Secondary Controller Identifier'],
  ['pcid', 2, 2, 'unsigned', 'Primary Controller Identifier'],
  [
    'scs',
    4,
    1,
    'unsigned',
    'Secondary Controller State',
    { maximum: 1, bits: [{ bit: 0, mnemonic: 'ONLINE', title: 'Online' }] },
  ],
  ['vfn', 8, 2, 'unsigned', 'Virtual Function Number, from 1; 0 when not a virtual function'],
  ['nvq', 10, 2, 'unsigned', 'Number of VQ Flexible Resources Assigned'],
  ['nvi', 12, 2, 'unsigned', 'Number of VI Flexible Resources Assigned'],
]);
export type SecondaryControllerEntry = FieldValues<typeof secondaryControllerEntryFields>;

/** The secondary controllers of one primary controller, or the part of them from CNTID on. */
export interface SecondaryControllerList {
  readonly entries: readonly SecondaryControllerEntry[];
  readonly reserved: readonly ReservedByte[];
}

/** Decodes exactly 4096 bytes. */
export function decodeSecondaryControllerList(bytes: Uint8Array): Result<SecondaryControllerList> {
  const checked = checkLength(structure, bytes, secondaryControllerListLength);
  if (!checked.ok) return checked;
  const count = readUnsigned(bytes, countRange);
  if (!count.ok) return count;
  if (count.value > maximumSecondaryControllerEntries)
    return rangeFailure(
      'device-data',
      countRange,
      `${count.value} entries do not fit`,
      `At most ${maximumSecondaryControllerEntries} fit`,
    );
  const entries: SecondaryControllerEntry[] = [];
  for (let index = 0; index < count.value; index++) {
    const base = headerLength + index * entryLength;
    const entry = decodeFields(`${structure}, entry ${index}`, secondaryControllerEntryFields, bytes, base);
    if (!entry.ok) return entry;
    entries.push(entry.value);
  }
  const encoded = encodeSecondaryControllerList({ entries, reserved: [] });
  return encoded.ok ? succeed({ entries, reserved: reservedBytes(bytes, encoded.value) }) : encoded;
}

/** Encodes up to 127 entries into 4096 bytes. */
export function encodeSecondaryControllerList(value: SecondaryControllerList): Result<Uint8Array> {
  const bytes = new Uint8Array(secondaryControllerListLength);
  if (value.entries.length > maximumSecondaryControllerEntries)
    return rangeFailure('invalid-request', countRange, `${value.entries.length} entries do not fit`);
  const count = writeUnsigned(bytes, countRange, value.entries.length);
  if (!count.ok) return count;
  for (const [index, entry] of value.entries.entries()) {
    const base = headerLength + index * entryLength;
    const name = `${structure}, entry ${index}`;
    const written = encodeFields(name, secondaryControllerEntryFields, entry, bytes, base);
    if (!written.ok) return written;
  }
  return writeReserved(structure, value.reserved, bytes);
}

const countRange = { structure, field: 'number of entries', offset: 0, size: 1 };
