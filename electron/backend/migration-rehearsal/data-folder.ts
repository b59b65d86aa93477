import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, type OpenDatabase, openDatabase } from '../store/database.ts';

/** Where the programs of one case keep their database, one after the other. */
export interface DataFolder {
  readonly path: string;
  readonly open: OpenDatabase;
  remove(): void;
}

/** The engine of the store without a file: what was committed is there for the next program, and nothing else. */
export function folderInMemory(): DataFolder {
  let kept: Database | null = null;
  return {
    path: join(tmpdir(), 'berth-in-memory'),
    open: (file, mode) => {
      // The model that the store compares a database with.
      if (file === ':memory:') return openDatabase(file, mode);
      kept ??= openDatabase(':memory:', 'read-write');
      return { ...kept, ensureInPlace: () => 'in-place', close: () => undefined };
    },
    remove: () => kept?.close(),
  };
}
