import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';

type Value = string | number | null;

/**
 * The embedded database. This is the only file that knows which one it is, so that `node:sqlite` (the same API, built
 * into newer Electron) can replace it.
 */
export interface Database {
  run(sql: string, ...values: readonly Value[]): void;
  get(sql: string, ...values: readonly Value[]): Record<string, unknown> | undefined;
  all(sql: string, ...values: readonly Value[]): Record<string, unknown>[];
  /** Several statements without values, for migrations. */
  script(sql: string): void;
  /** All or nothing; on disk when it returns. */
  transaction(work: () => void): void;
  /**
   * Whether the file is still where it was opened. Where it is gone, with its folder or without, it is written there
   * again with all that it held (`restored`); another file in its place is left alone (`replaced`). Throws what the
   * file system throws where it cannot be written again.
   */
  ensureInPlace(): 'in-place' | 'restored' | 'replaced';
  close(): void;
}

/** How a database is opened; tests hand in one that meets a full disk. */
export type OpenDatabase = (file: string, mode: 'read-write' | 'read-only') => Database;

/** Opens or creates the file. Throws what the engine throws: a damaged file, a folder without permission. */
export function openDatabase(file: string, mode: 'read-write' | 'read-only'): Database {
  let engine = connect(file, mode);
  let place = placeOf(file);
  const statements = new Map<string, ReturnType<typeof engine.prepare>>();
  const prepared = (sql: string) => {
    const statement = statements.get(sql) ?? engine.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    run(sql, ...values) {
      prepared(sql).run(...values);
    },
    get: (sql, ...values) => prepared(sql).get(...values) as Record<string, unknown> | undefined,
    all: (sql, ...values) => prepared(sql).all(...values) as Record<string, unknown>[],
    script: (sql) => engine.exec(sql),
    transaction(work) {
      engine.exec('BEGIN IMMEDIATE');
      try {
        work();
        engine.exec('COMMIT');
      } catch (cause) {
        rollBack(engine);
        throw cause;
      }
    },
    ensureInPlace() {
      const now = placeOf(file);
      if (now === place) return 'in-place';
      if (now !== null) return 'replaced';
      writeAgain(engine, file);
      statements.clear();
      engine.close();
      engine = connect(file, mode);
      place = placeOf(file);
      return 'restored';
    },
    close() {
      statements.clear();
      engine.close();
    },
  };
}

type Engine = InstanceType<typeof DatabaseSync>;

function connect(file: string, mode: 'read-write' | 'read-only'): Engine {
  const engine = new DatabaseSync(file, { readOnly: mode === 'read-only', timeout: 5000 });
  if (mode === 'read-write') {
    // Only a file without tables takes it; `letShrink` changes an older one.
    engine.exec('PRAGMA auto_vacuum = INCREMENTAL');
    engine.exec('PRAGMA journal_mode = WAL');
    // FULL: a commit is on disk when it returns; the journal promises that before any device is touched.
    engine.exec('PRAGMA synchronous = FULL');
  }
  return engine;
}

/** A full disk ends the transaction by itself; what is told must be the disk, not that there is nothing to roll back. */
function rollBack(engine: Engine): void {
  try {
    engine.exec('ROLLBACK');
  } catch {
    // There is no transaction any more.
  }
}

/** Which file stands at the path, by device and number; null: none. */
function placeOf(file: string): string | null {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}

/** The engine still reads the file that was removed: its content is written to the same place, whole or not at all. */
function writeAgain(engine: Engine, file: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const copy = `${file}.restoring`;
  rmSync(copy, { force: true });
  engine.prepare('VACUUM INTO ?').run(copy);
  const handle = openSync(copy, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  // Logs of the removed database would be taken for those of the new one.
  for (const suffix of ['-wal', '-shm']) if (existsSync(file + suffix)) rmSync(file + suffix);
  renameSync(copy, file);
}

/** Pages that one compaction gives back, 4 KiB each: some milliseconds of work. */
const pagesAtOnce = 5000;

/** Gives pages that hold nothing any more back to the file system, a bounded number at a time. */
export function giveBackSpace(database: Database): void {
  database.script(`PRAGMA incremental_vacuum(${pagesAtOnce})`);
}

/** Lets a database that an earlier Berth made give back space; rewrites it once. */
export function letShrink(database: Database): void {
  if (database.get('PRAGMA auto_vacuum')?.auto_vacuum === 2) return;
  database.script('PRAGMA auto_vacuum = INCREMENTAL; VACUUM');
}
