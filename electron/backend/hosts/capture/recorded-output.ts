import { z } from 'zod';
import { checkInPieces } from '#shared/bounds/check-in-pieces.ts';
import { isRecord } from '#shared/bounds/is-record.ts';
import { Pacer, type Pieces } from '#shared/bounds/pieces.ts';
import { readJson } from '#shared/bounds/read-json.ts';
import { recordedBounds } from '#shared/bounds/sizes.ts';
import { fieldText } from '#shared/fleet-file/problems.ts';
import type { Result } from '#shared/result.ts';
import { inTurns } from '../../in-turns.ts';
import { recordedJsonOrText } from '../outputs/recorded-text.ts';
import type { SnapshotFiles } from './snapshot-files.ts';

/** What a recorded command printed: something to read, or a refusal with the 15-bit status value. */
export type RecordedOutput<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'status'; readonly status: number };

const again = 'Record the capture again, or remove the file';

/** Characters of standard error, as far as they matter. */
const longestStatus = 4096;

/** Status values are printed as `(0x4002)` behind the description, by some versions without `0x` or after a prefix. */
const statusPattern = /\bNVMe status: ?.*\((?:0x)?([0-9a-f]{1,4})\)\s*$/im;

/** The refusal that nvme-cli printed on standard error beside an empty output; null when there is none. */
async function recordedStatus(files: SnapshotFiles, file: string): Promise<number | null> {
  const text = await files.text(`${file}.stderr`);
  const match = text === null ? null : statusPattern.exec(text.slice(0, longestStatus));
  return match?.[1] === undefined ? null : Number.parseInt(match[1], 16);
}

/** A binary output of exactly the length that the decoder wants. Null when absent or of no use (told as a problem). */
export async function readRecordedBytes(
  files: SnapshotFiles,
  file: string,
  decode: (bytes: Uint8Array) => Result<unknown>,
): Promise<RecordedOutput<Uint8Array> | null> {
  const bytes = await files.bytes(file);
  if (bytes === null) return null;
  if (bytes.length === 0) {
    const status = await recordedStatus(files, file);
    if (status !== null) return { kind: 'status', status };
  }
  const decoded = decode(bytes);
  if (decoded.ok) return { kind: 'value', value: bytes };
  files.problem(file, decoded.error.message, {
    ...(decoded.error.field === undefined ? {} : { field: decoded.error.field }),
    fix: again,
  });
  return null;
}

/** A JSON output, parsed but not yet checked. Null when absent or not JSON (told as a problem). */
export async function readRecordedJson(
  files: SnapshotFiles,
  file: string,
): Promise<RecordedOutput<unknown> | null> {
  const text = await recordedJsonOrText(files, file);
  if (text === null) return null;
  if (text.trim() === '') {
    const status = await recordedStatus(files, file);
    if (status !== null) return { kind: 'status', status };
    files.problem(file, 'The file is empty', { field: 'length', fix: again });
    return null;
  }
  const read = await inTurns(readJson(text, recordedBounds));
  switch (read.kind) {
    case 'value':
      return read;
    case 'excess':
      files.problem(file, read.excess.message, { field: fieldText(read.excess.path), fix: again });
      return null;
    case 'not-json':
      files.problem(file, `The JSON is not complete: ${read.message}`, { fix: again });
      return null;
  }
}

/** Checks a value by a schema, in pieces; what is wrong becomes a problem for each field, up to a bound. */
export function* checkRecorded<Schema extends z.ZodType>(
  files: SnapshotFiles,
  file: string,
  schema: Schema,
  value: unknown,
  base: readonly PropertyKey[] = [],
): Pieces<z.infer<Schema> | null> {
  const checked = yield* checkInPieces(schema, value);
  if (checked.ok) return checked.value;
  for (const { message, path } of checked.findings)
    files.problem(file, message, { field: fieldText([...base, ...path]), fix: again });
  return null;
}

// Made once: making a schema costs more than checking a recorded file with it, and a capture has thousands of files.
const anyObject = z.looseObject({});
const anyList = z.array(z.unknown());
/** Entries that are checked between two pauses. */
const entriesOfPiece = 100;

/** An object with any keys; what else it is becomes a problem. */
export function* checkObject(
  files: SnapshotFiles,
  file: string,
  value: unknown,
): Pieces<Readonly<Record<string, unknown>> | null> {
  return isRecord(value) ? value : yield* checkRecorded(files, file, anyObject, value);
}

/** Entries of a recorded list: the ones that pass the schema; each other one becomes a problem. */
export function* checkEntries<Schema extends z.ZodType>(
  files: SnapshotFiles,
  file: string,
  key: string,
  schema: Schema,
  value: unknown,
): Pieces<readonly z.infer<Schema>[] | null> {
  const outer = yield* checkObject(files, file, value);
  const entries = outer === null ? null : yield* checkRecorded(files, file, anyList, outer[key], [key]);
  if (entries === null) return null;
  const checked: z.infer<Schema>[] = [];
  const pacer = new Pacer(entriesOfPiece);
  for (const [index, entry] of entries.entries()) {
    const one = yield* checkRecorded(files, file, schema, entry, [key, index]);
    if (one !== null) checked.push(one);
    yield* pacer.did();
  }
  return checked;
}
