import type { BerthError } from '#shared/result.ts';

/** Primary result codes of SQLite that a person can do something about. */
const reasons: ReadonlyMap<number, { readonly what: string; readonly fix: string }> = new Map([
  [5, { what: 'another program holds it', fix: 'End the other program that uses it, and try again.' }],
  [8, { what: 'it may only be read', fix: 'Check the permissions of the data folder.' }],
  [
    10,
    { what: 'the disk answered with an error', fix: 'Check the disk, and keep a copy of the data folder.' },
  ],
  [11, { what: 'it is damaged', fix: 'End Berth and start it again: the damaged file is kept aside.' }],
  [13, { what: 'the disk is full', fix: 'Free space on the disk of the data folder.' }],
  [26, { what: 'it is damaged', fix: 'End Berth and start it again: the damaged file is kept aside.' }],
]);

const fullDiskCodes: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

/** Why the database in `file` could not be written, in words; from what the engine or the file system threw. */
export function storageError(cause: unknown, file: string): BerthError {
  const { errcode, code } = (cause ?? {}) as { readonly errcode?: unknown; readonly code?: unknown };
  // The low byte is the primary code, the rest tells the kind.
  const primary = typeof errcode === 'number' ? errcode & 0xff : fullDiskCodes.includes(code) ? 13 : -1;
  const known = reasons.get(primary);
  return {
    code: 'storage',
    message: `The database could not be written: ${known?.what ?? String(cause)}.`,
    object: file,
    fix: known?.fix ?? 'Check free space and the permissions of the data folder.',
  };
}
