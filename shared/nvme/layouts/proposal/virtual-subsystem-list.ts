import type { Result } from '../../../result.ts';
import { decodeEntryList, type EntryList, type EntryListLayout, encodeEntryList } from '../../entry-list.ts';
import { type FieldValues, fieldsOf } from '../../layout.ts';
import { virtualSubsystemClause } from './virtual-subsystem-identity.ts';

export const virtualSubsystemListLength = 4096;
export const maximumListedVirtualSubsystems = 1020;

/** One entry of the list. */
export const virtualSubsystemListFields = fieldsOf(virtualSubsystemClause, [
  ['vsid', 0, 2, 'unsigned', 'Virtual Subsystem Identifier'],
  ['nmem', 2, 2, 'unsigned', 'Number of Members'],
]);
export type VirtualSubsystemListEntry = FieldValues<typeof virtualSubsystemListFields>;

/** The virtual subsystems of one controlling function (Virtual Subsystem Receive, List Virtual Subsystems). */
export type VirtualSubsystemList = EntryList<VirtualSubsystemListEntry>;

const layout: EntryListLayout<typeof virtualSubsystemListFields> = {
  structure: 'Virtual Subsystem List',
  length: virtualSubsystemListLength,
  countSize: 2,
  headerLength: 16,
  entryLength: 4,
  maximum: maximumListedVirtualSubsystems,
  fields: virtualSubsystemListFields,
};

/** Decodes exactly 4096 bytes. */
export function decodeVirtualSubsystemList(bytes: Uint8Array): Result<VirtualSubsystemList> {
  return decodeEntryList(layout, bytes);
}

/** Encodes up to 1020 entries into 4096 bytes. */
export function encodeVirtualSubsystemList(value: VirtualSubsystemList): Result<Uint8Array> {
  return encodeEntryList(layout, value);
}
