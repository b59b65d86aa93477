import { randomUUID } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fail, type Result, succeed } from '#shared/result.ts';
import { kindOfFile } from './read-file.ts';

/**
 * Writes a file so that it is whole or absent, also when the power fails: a temporary file beside it, fsync, then
 * rename. An older file of the same name stays until the new one is complete. `what` is how people know it, to begin a
 * sentence with: `The report`. Errors: `storage`, with the reason in words.
 */
export async function writeWholeFile(
  path: string,
  content: string | Uint8Array,
  what: string,
): Promise<Result<void>> {
  const there = await stat(path).catch(() => null);
  const kind = there === null ? null : kindOfFile(there);
  if (kind !== null)
    return fail('storage', `${what} could not be written to ${path}: it is ${kind}.`, {
      object: path,
      fix: 'Choose the name of a regular file, or a new one.',
    });
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await file.writeFile(content, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
    return succeed(undefined);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    return fail('storage', `${what} could not be written to ${path}: ${reason(error)}.`, {
      object: path,
      fix: 'Choose an existing folder that you may write to and that has free space.',
    });
  }
}

/** The rename itself must reach the disk. Some systems (Windows) cannot open a folder; there the rename is durable. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  if (handle === null) return;
  try {
    await handle.sync();
  } catch {
    // Network file systems may refuse fsync of a folder; the file itself is safe.
  } finally {
    await handle.close();
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'the folder does not exist',
    EACCES: 'you may not write there',
    EPERM: 'you may not write there',
    ENOSPC: 'the disk is full',
    EISDIR: 'it is a folder',
    EROFS: 'the file system is read-only',
    ENOTDIR: 'a part of the path is not a folder',
    ENAMETOOLONG: 'the name is too long',
  };
  return known[code] ?? error.message;
}
