import { fail, type Result, succeed } from '../../../result.ts';
import {
  blankFields,
  decodeFields,
  encodeFields,
  type FieldValues,
  fieldsOf,
  type ReservedByte,
  reservedBytes,
  writeReserved,
} from '../../layout.ts';

const structure = 'Track Memory Changes data';
const clause = 'NVMe Base 2.1, 5.1.27 (Track Send, Track Memory Changes)';
const trackMemoryHeaderLength = 8;
const rangeLength = 12;

/** Header of the data of Track Send, Track Memory Changes. */
export const trackMemoryFields = fieldsOf(clause, [
  ['ver', 0, 1, 'unsigned', 'Version', { maximum: 0 }],
  ['rmrtg', 3, 1, 'unsigned', 'Requested Memory Range Tracking Granularity, 2^n times 4 KiB'],
  ['rnmrtd', 4, 4, 'unsigned', 'Requested Number of Memory Range Tracking Descriptors, a plain count'],
]);

/** One range of host memory to track. */
export const memoryRangeFields = fieldsOf(clause, [
  ['saddr', 0, 8, 'big', 'Starting Address, a multiple of the granularity'],
  ['len', 8, 4, 'unsigned', 'Length in units of the granularity'],
]);
export type MemoryRange = FieldValues<typeof memoryRangeFields>;

/** Which host memory the controller shall track for a controlled function, and how finely. */
export interface TrackMemoryData {
  /** Granularity exponent: 2^n times 4 KiB. */
  readonly rmrtg: number;
  readonly ranges: readonly MemoryRange[];
  readonly reserved: readonly ReservedByte[];
}

/** Length in bytes of the structure at the beginning of a buffer, as its header announces it; undefined without one. */
export function trackMemoryDataLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < trackMemoryHeaderLength) return undefined;
  const count = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(4, true);
  return trackMemoryHeaderLength + count * rangeLength;
}

/** Decodes data whose length is that of the header and of as many ranges as it announces. */
export function decodeTrackMemoryData(bytes: Uint8Array): Result<TrackMemoryData> {
  const header = decodeFields(structure, trackMemoryFields, bytes);
  if (!header.ok) return header;
  const { rmrtg, rnmrtd } = header.value;
  const length = trackMemoryHeaderLength + rnmrtd * rangeLength;
  if (bytes.length !== length)
    return fail(
      'device-data',
      `${structure} with ${rnmrtd} ranges must be ${length} bytes long, not ${bytes.length}`,
      {
        object: structure,
        field: 'bytes 4-7 (RNMRTD)',
        fix: `Give ${length} bytes`,
      },
    );
  const ranges: MemoryRange[] = [];
  for (let index = 0; index < rnmrtd; index++) {
    const base = trackMemoryHeaderLength + index * rangeLength;
    const range = decodeFields(`${structure}, range ${index}`, memoryRangeFields, bytes, base);
    if (!range.ok) return range;
    ranges.push(range.value);
  }
  const encoded = encodeTrackMemoryData({ rmrtg, ranges, reserved: [] });
  return encoded.ok ? succeed({ rmrtg, ranges, reserved: reservedBytes(bytes, encoded.value) }) : encoded;
}

/** Encodes the header and all ranges. */
export function encodeTrackMemoryData(value: TrackMemoryData): Result<Uint8Array> {
  const { rmrtg, ranges, reserved } = value;
  const bytes = new Uint8Array(trackMemoryHeaderLength + ranges.length * rangeLength);
  const header = { ...blankFields(trackMemoryFields), rmrtg, rnmrtd: ranges.length };
  const written = encodeFields(structure, trackMemoryFields, header, bytes);
  if (!written.ok) return written;
  for (const [index, range] of ranges.entries()) {
    const base = trackMemoryHeaderLength + index * rangeLength;
    const encoded = encodeFields(`${structure}, range ${index}`, memoryRangeFields, range, bytes, base);
    if (!encoded.ok) return encoded;
  }
  return writeReserved(structure, reserved, bytes);
}
