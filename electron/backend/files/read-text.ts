import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fail, type Result, succeed } from '#shared/result.ts';

/** Larger than any sensible fleet; keeps a wrong choice from filling the memory. */
const largestFleetFile = 64 * 1024 * 1024;

/** The text of a fleet file that a person chose. */
export async function readText(file: string): Promise<Result<string>> {
  try {
    const { size } = await stat(file);
    if (size > largestFleetFile)
      return fail(
        'invalid-file',
        `${path.basename(file)} has ${size} bytes, which is too large for a fleet file.`,
        {
          object: file,
          fix: 'Choose a fleet file.',
        },
      );
    return succeed(await readFile(file, 'utf8'));
  } catch (cause) {
    return unreadable(file, cause);
  }
}

/** Why a path could not be read. */
export function unreadable(file: string, cause: unknown): Result<never> {
  const missing = (cause as { code?: unknown } | null)?.code === 'ENOENT';
  return fail(
    missing ? 'not-found' : 'unreadable',
    missing ? `${file} does not exist.` : `${file} cannot be read: ${String(cause)}`,
    { object: file, fix: 'Check the path and its permissions.' },
  );
}
