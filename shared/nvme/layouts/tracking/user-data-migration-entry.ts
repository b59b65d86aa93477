import { type Result, succeed } from '../../../result.ts';
import { checkLength, rangeFailure } from '../../byte-view.ts';
import {
  decodeFields,
  encodeFields,
  fieldsOf,
  type ReservedByte,
  reservedBytes,
  writeReserved,
} from '../../layout.ts';

/** Bytes of one entry of a user data migration queue. */
export const userDataMigrationEntryLength = 32;
const structure = 'LBA Migration Queue Entry';

/** Fields of entry type 0 (NVM Command Set 1.1, 5.6). */
export const userDataMigrationEntryFields = fieldsOf('NVM Command Set 1.1, 5.6', [
  ['nsid', 0, 4, 'unsigned', 'Namespace Identifier'],
  ['nlb', 4, 4, 'unsigned', "Number of Logical Blocks, 0's based"],
  ['slba', 8, 8, 'big', 'Starting LBA'],
  ['flags', 31, 1, 'unsigned', 'Phase in bit 0, ESA in bits 3:1, deallocated in bit 5, LBACIR in bits 7:6'],
]);

/** Entry Sequence Attribute: where the entry stands in the log. */
export const entrySequenceAttributes = {
  normal: 0,
  first: 1,
  lastStopped: 2,
  lastSuspended: 3,
  lastFull: 7,
} as const;

/** LBA Change Information: what the entry says about logical blocks. */
export const lbaChangeInformation = { range: 0, wholeNamespace: 1, none: 2 } as const;

/** One change of user data that a controller logged. */
export interface UserDataMigrationEntry {
  readonly nsid: number;
  /** 0's based. */
  readonly nlb: number;
  readonly slba: bigint;
  /** Phase tag: 1 on the first pass through the queue, flips on each wrap. */
  readonly phase: 0 | 1;
  readonly entrySequence: number;
  readonly deallocated: boolean;
  readonly changeInformation: number;
  readonly reserved: readonly ReservedByte[];
}

/** Decodes exactly 32 bytes. Refuses reserved values of the sequence attribute and of the change information. */
export function decodeUserDataMigrationEntry(bytes: Uint8Array): Result<UserDataMigrationEntry> {
  const checked = checkLength(structure, bytes, userDataMigrationEntryLength);
  if (!checked.ok) return checked;
  const fields = decodeFields(structure, userDataMigrationEntryFields, bytes);
  if (!fields.ok) return fields;
  const { nsid, nlb, slba, flags } = fields.value;
  const entrySequence = (flags >> 1) & 7;
  const changeInformation = flags >> 6;
  if (!isIn(entrySequenceAttributes, entrySequence) || !isIn(lbaChangeInformation, changeInformation))
    return rangeFailure(
      'device-data',
      { structure, field: 'ESA, LBACIR', offset: 31, size: 1 },
      `${flags.toString(16).padStart(2, '0')}h holds a reserved value`,
    );
  const known = {
    nsid,
    nlb,
    slba,
    phase: flags & 1 ? (1 as const) : (0 as const),
    entrySequence,
    deallocated: (flags & 0x20) !== 0,
    changeInformation,
    reserved: [],
  };
  const encoded = encodeUserDataMigrationEntry(known);
  return encoded.ok ? succeed({ ...known, reserved: reservedBytes(bytes, encoded.value) }) : encoded;
}

/** Encodes into 32 bytes. */
export function encodeUserDataMigrationEntry(value: UserDataMigrationEntry): Result<Uint8Array> {
  const { nsid, nlb, slba, phase, entrySequence, deallocated, changeInformation } = value;
  const flags = phase | (entrySequence << 1) | (deallocated ? 0x20 : 0) | (changeInformation << 6);
  const bytes = new Uint8Array(userDataMigrationEntryLength);
  const written = encodeFields(structure, userDataMigrationEntryFields, { nsid, nlb, slba, flags }, bytes);
  return written.ok ? writeReserved(structure, value.reserved, bytes) : written;
}

function isIn(known: Readonly<Record<string, number>>, value: number): boolean {
  return Object.values(known).includes(value);
}
