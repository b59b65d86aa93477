import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, type OpenDatabase, openDatabase } from '../../store/database.ts';

/** Where the programs of one case keep their database, one after the other. */
export interface DataFolder {
  readonly path: string;
  readonly open: OpenDatabase;
  remove(): void;
}

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

/** The same engine without a file: what was committed is there for the next program, and nothing else. */
export function folderInMemory(): DataFolder {
  let kept: Database | null = null;
  return {
    path: join(tmpdir(), 'berth-kill-in-memory'),
    open: (file, mode) => {
      // The model that the store compares a database with.
      if (file === ':memory:') return openDatabase(file, mode);
      kept ??= openDatabase(':memory:', 'read-write');
      return { ...kept, ensureInPlace: () => 'in-place', close: () => undefined };
    },
    remove: () => kept?.close(),
  };
}
