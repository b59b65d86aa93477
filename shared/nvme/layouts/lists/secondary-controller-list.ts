import type { Result } from '../../../result.ts';
import { decodeEntryList, type EntryList, type EntryListLayout, encodeEntryList } from '../../entry-list.ts';
import { type FieldValues, fieldsOf } from '../../layout.ts';

export const secondaryControllerListLength = 4096;
/** A list holds at most 127 entries; read on with the last SCID plus 1 as CNTID. */
export const maximumSecondaryControllerEntries = 127;

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
export type SecondaryControllerList = EntryList<SecondaryControllerEntry>;

const layout: EntryListLayout<typeof secondaryControllerEntryFields> = {
  structure: 'Secondary Controller List',
  length: secondaryControllerListLength,
  countSize: 1,
  headerLength: 32,
  entryLength: 32,
  maximum: maximumSecondaryControllerEntries,
  fields: secondaryControllerEntryFields,
};

/** Decodes exactly 4096 bytes. */
export function decodeSecondaryControllerList(bytes: Uint8Array): Result<SecondaryControllerList> {
  return decodeEntryList(layout, bytes);
}

/** Encodes up to 127 entries into 4096 bytes. */
export function encodeSecondaryControllerList(value: SecondaryControllerList): Result<Uint8Array> {
  return encodeEntryList(layout, value);
}
