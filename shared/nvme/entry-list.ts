import { type Result, succeed } from '../result.ts';
import { checkLength, rangeFailure, readUnsigned, writeUnsigned } from './byte-view.ts';
import {
  decodeFields,
  encodeFields,
  type FieldValues,
  type LayoutField,
  type ReservedByte,
  reservedBytes,
  writeReserved,
} from './layout.ts';

/** A structure that is a count at byte 0, a header, and so many entries of one layout. */
export interface EntryListLayout<Fields extends readonly LayoutField[]> {
  /** The structure's name, for errors. */
  readonly structure: string;
  /** Bytes of the whole structure. */
  readonly length: number;
  /** Bytes of the count: 1 or 2. */
  readonly countSize: 1 | 2;
  /** Bytes before the first entry. */
  readonly headerLength: number;
  readonly entryLength: number;
  /** Most entries that the structure has room for. */
  readonly maximum: number;
  /** Fields of an entry, offsets from the entry's own start. */
  readonly fields: Fields;
  /** What makes a decoded entry nonsense besides the fields' own ranges; `base` is its first byte. */
  readonly check?: (entry: FieldValues<Fields>, name: string, base: number) => Result<void>;
}

/** The entries of such a structure, and what stands in its reserved bytes. */
export interface EntryList<Entry> {
  readonly entries: readonly Entry[];
  readonly reserved: readonly ReservedByte[];
}

/** Decodes exactly as many bytes as the structure has; refuses a count that does not fit. */
export function decodeEntryList<const Fields extends readonly LayoutField[]>(
  layout: EntryListLayout<Fields>,
  bytes: Uint8Array,
): Result<EntryList<FieldValues<Fields>>> {
  const { structure, length, maximum, fields, check } = layout;
  const checked = checkLength(structure, bytes, length);
  if (!checked.ok) return checked;
  const count = readUnsigned(bytes, countOf(layout));
  if (!count.ok) return count;
  if (count.value > maximum)
    return rangeFailure(
      'device-data',
      countOf(layout),
      `${count.value} entries do not fit`,
      `At most ${maximum} fit`,
    );
  const entries: FieldValues<Fields>[] = [];
  for (let index = 0; index < count.value; index++) {
    const { name, base } = entryAt(layout, index);
    const entry = decodeFields(name, fields, bytes, base);
    if (!entry.ok) return entry;
    const sound = check?.(entry.value, name, base);
    if (sound?.ok === false) return sound;
    entries.push(entry.value);
  }
  const encoded = encodeEntryList(layout, { entries, reserved: [] });
  return encoded.ok ? succeed({ entries, reserved: reservedBytes(bytes, encoded.value) }) : encoded;
}

/** Encodes entries into all bytes of the structure; refuses more than fit. */
export function encodeEntryList<const Fields extends readonly LayoutField[]>(
  layout: EntryListLayout<Fields>,
  value: EntryList<FieldValues<Fields>>,
): Result<Uint8Array> {
  const bytes = new Uint8Array(layout.length);
  if (value.entries.length > layout.maximum)
    return rangeFailure(
      'invalid-request',
      countOf(layout),
      `${value.entries.length} entries do not fit`,
      `At most ${layout.maximum} fit`,
    );
  const count = writeUnsigned(bytes, countOf(layout), value.entries.length);
  if (!count.ok) return count;
  for (const [index, entry] of value.entries.entries()) {
    const { name, base } = entryAt(layout, index);
    const written = encodeFields(name, layout.fields, entry, bytes, base);
    if (!written.ok) return written;
  }
  return writeReserved(layout.structure, value.reserved, bytes);
}

type Place = Pick<
  EntryListLayout<readonly LayoutField[]>,
  'structure' | 'countSize' | 'headerLength' | 'entryLength'
>;

function countOf({ structure, countSize }: Place) {
  return { structure, field: 'number of entries', offset: 0, size: countSize };
}

function entryAt({ structure, headerLength, entryLength }: Place, index: number) {
  return { name: `${structure}, entry ${index}`, base: headerLength + index * entryLength };
}
