import { type Result, succeed } from '../../../result.ts';
import { rangeFailure } from '../../byte-view.ts';
import {
  decodeFields,
  encodeFields,
  type FieldValues,
  fieldsOf,
  type ReservedByte,
  reservedBytes,
  writeReserved,
} from '../../layout.ts';

const structure = 'Tracked Memory Changes';
const clause = 'NVMe Base 2.1, 5.1.26 (Track Receive, Tracked Memory Changes)';
export const trackedMemoryChangesHeaderLength = 16;
export const trackedMemoryChangeLength = 16;

/** Header of the data that Track Receive, Tracked Memory Changes, returns. */
export const trackedMemoryChangesFields = fieldsOf(clause, [
  ['ver', 0, 1, 'unsigned', 'Version', { maximum: 0 }],
  [
    'attrb',
    1,
    1,
    'unsigned',
    'Attributes',
    {
      bits: [
        { bit: 0, mnemonic: 'MTR', title: 'More to report' },
        { bit: 1, mnemonic: 'SUSP', title: 'The controller was suspended during this command' },
      ],
    },
  ],
  ['cntlid', 2, 2, 'unsigned', 'Controller Identifier'],
  ['ntmcd', 4, 4, 'unsigned', 'Number of Tracked Memory Changes Descriptors'],
  ['rpmpg', 8, 2, 'unsigned', 'Reported granularity of the lengths'],
]);

/** One range of host memory that the controlled function wrote to. */
export const trackedMemoryChangeFields = fieldsOf(clause, [
  ['saddr', 0, 8, 'big', 'Starting Address'],
  ['len', 8, 4, 'unsigned', 'Length in units of the granularity'],
]);
export type TrackedMemoryChange = FieldValues<typeof trackedMemoryChangeFields>;

/** The changes since the last report. Reporting removes them from the tracker. */
export interface TrackedMemoryChanges {
  readonly moreToReport: boolean;
  /** Suspended during the command: with `moreToReport` false, nothing new can appear until Resume. */
  readonly suspended: boolean;
  readonly cntlid: number;
  readonly rpmpg: number;
  readonly changes: readonly TrackedMemoryChange[];
  /** Length of the whole buffer in bytes; what lies behind the last change is zero or in `reserved`. */
  readonly length: number;
  readonly reserved: readonly ReservedByte[];
}

/** Decodes a buffer of at least 16 bytes that holds as many changes as its header says. */
export function decodeTrackedMemoryChanges(bytes: Uint8Array): Result<TrackedMemoryChanges> {
  const header = decodeFields(structure, trackedMemoryChangesFields, bytes);
  if (!header.ok) return header;
  const { attrb, cntlid, ntmcd, rpmpg } = header.value;
  const needed = trackedMemoryChangesHeaderLength + ntmcd * trackedMemoryChangeLength;
  if (needed > bytes.length)
    return rangeFailure(
      'device-data',
      { structure, field: 'NTMCD', offset: 4, size: 4 },
      `${ntmcd} changes take ${needed} bytes, but the buffer has ${bytes.length}`,
    );
  const changes: TrackedMemoryChange[] = [];
  for (let index = 0; index < ntmcd; index++) {
    const base = trackedMemoryChangesHeaderLength + index * trackedMemoryChangeLength;
    const change = decodeFields(`${structure}, change ${index}`, trackedMemoryChangeFields, bytes, base);
    if (!change.ok) return change;
    changes.push(change.value);
  }
  const known = {
    moreToReport: (attrb & 1) !== 0,
    suspended: (attrb & 2) !== 0,
    cntlid,
    rpmpg,
    changes,
    length: bytes.length,
    reserved: [],
  };
  const encoded = encodeTrackedMemoryChanges(known);
  return encoded.ok ? succeed({ ...known, reserved: reservedBytes(bytes, encoded.value) }) : encoded;
}

/** Encodes into `length` bytes. */
export function encodeTrackedMemoryChanges(value: TrackedMemoryChanges): Result<Uint8Array> {
  const bytes = new Uint8Array(value.length);
  const header = {
    ver: 0,
    attrb: (value.moreToReport ? 1 : 0) | (value.suspended ? 2 : 0),
    cntlid: value.cntlid,
    ntmcd: value.changes.length,
    rpmpg: value.rpmpg,
  };
  const written = encodeFields(structure, trackedMemoryChangesFields, header, bytes);
  if (!written.ok) return written;
  for (const [index, change] of value.changes.entries()) {
    const base = trackedMemoryChangesHeaderLength + index * trackedMemoryChangeLength;
    const encoded = encodeFields(
      `${structure}, change ${index}`,
      trackedMemoryChangeFields,
      change,
      bytes,
      base,
    );
    if (!encoded.ok) return encoded;
  }
  return writeReserved(structure, value.reserved, bytes);
}
