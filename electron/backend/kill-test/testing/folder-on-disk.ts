import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataFolder } from '../../migration-rehearsal/data-folder.ts';
import { openDatabase } from '../../store/database.ts';

/** A temporary folder with a file, as in real life. */
export function folderOnDisk(): DataFolder {
  const path = mkdtempSync(join(tmpdir(), 'berth-kill-'));
  return {
    path,
    open: (file, mode) => {
      const database = openDatabase(file, mode);
      // A process that is killed loses nothing that it has written; only a machine that loses power needs the sync.
      if (mode === 'read-write') database.script('PRAGMA synchronous = OFF');
      return database;
    },
    remove: () => rmSync(path, { recursive: true }),
  };
}
