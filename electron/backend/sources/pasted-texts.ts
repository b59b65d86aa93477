import { createHash } from 'node:crypto';
import { mkdir, opendir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fail, type Result, succeed } from '#shared/result.ts';
import { writeWholeFile } from '../files/write-whole-file.ts';

/**
 * Texts that were pasted, as files in the data folder: a paste can be opened again like any file, and the text stands in
 * one place only.
 */
export interface PastedTexts {
  /** The path of the file with this text. */
  keep(text: string): Promise<Result<string>>;
  /** Removes all but the one that is open. */
  forget(open: string | null): Promise<void>;
}

export function createPastedTexts(dataFolder: string): PastedTexts {
  const folder = path.join(dataFolder, 'pasted');
  return {
    async keep(text) {
      const digest = createHash('sha256').update(text).digest('hex').slice(0, 12);
      const file = path.join(folder, `pasted-${digest}.txt`);
      try {
        await mkdir(folder, { recursive: true });
      } catch (cause) {
        return fail('storage', `The pasted text could not be kept: ${String(cause)}`, { object: folder });
      }
      const written = await writeWholeFile(file, text, 'The pasted text');
      return written.ok ? succeed(file) : written;
    },
    async forget(open) {
      try {
        for await (const entry of await opendir(folder)) {
          const file = path.join(folder, entry.name);
          if (/^pasted-[0-9a-f]{12}\.txt$/.test(entry.name) && file !== open) await rm(file, { force: true });
        }
      } catch {
        // Nothing was pasted yet.
      }
    },
  };
}
