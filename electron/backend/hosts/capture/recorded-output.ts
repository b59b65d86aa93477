import { z } from 'zod';
import { findExcess } from '#shared/bounds/find-excess.ts';
import { recordedBounds } from '#shared/bounds/sizes.ts';
import type { Result } from '#shared/result.ts';
import type { SnapshotFiles } from './snapshot-files.ts';

/** What a recorded command printed: something to read, or a refusal with the 15-bit status value. */
export type RecordedOutput<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'status'; readonly status: number };

const again = 'Record the capture again, or remove the file';

/** Status values are printed as `(0x4002)` behind the description. */
const statusPattern = /^NVMe status: .*\(0x([0-9a-f]{1,4})\)\s*$/m;

/** The refusal that nvme-cli printed on standard error beside an empty output; null when there is none. */
async function recordedStatus(files: SnapshotFiles, file: string): Promise<number | null> {
  const text = await files.text(`${file}.stderr`);
  const match = text === null ? null : statusPattern.exec(text);
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
  const text = await files.text(file);
  if (text === null) return null;
  if (text.trim() === '') {
    const status = await recordedStatus(files, file);
    if (status !== null) return { kind: 'status', status };
    files.problem(file, 'The file is empty', { field: 'length', fix: again });
    return null;
  }
  try {
    const value: unknown = JSON.parse(text);
    const excess = findExcess(value, recordedBounds);
    if (excess === null) return { kind: 'value', value };
    files.problem(file, excess.message, { field: fieldWords(excess.path), fix: again });
    return null;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    files.problem(file, `The JSON is not complete: ${why}`, { fix: again });
    return null;
  }
}

/** Checks a value by a schema; every issue becomes a problem that names the field. */
export function checkRecorded<Schema extends z.ZodType>(
  files: SnapshotFiles,
  file: string,
  schema: Schema,
  value: unknown,
  base: readonly PropertyKey[] = [],
): z.infer<Schema> | null {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues)
    files.problem(file, issue.message, { field: fieldWords([...base, ...issue.path]), fix: again });
  return null;
}

/** Entries of a recorded list: the ones that pass the schema; each other one becomes a problem. */
export function checkEntries<Schema extends z.ZodType>(
  files: SnapshotFiles,
  file: string,
  key: string,
  schema: Schema,
  value: unknown,
): readonly z.infer<Schema>[] | null {
  const outer = checkRecorded(files, file, z.looseObject({ [key]: z.array(z.unknown()) }), value);
  const entries = outer?.[key];
  if (!Array.isArray(entries)) return null;
  return entries
    .map((entry, index) => checkRecorded(files, file, schema, entry, [key, index]))
    .filter((entry) => entry !== null);
}

/** `secondary-controllers[2].virtual-function-number` */
function fieldWords(path: readonly PropertyKey[]): string {
  const words = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return words === '' ? 'whole file' : words.replace(/^\./, '');
}
