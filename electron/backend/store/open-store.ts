import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { type BerthError, fail, type Result, succeed } from '#shared/result.ts';
import type { Clock } from '../ports.ts';
import { type Database, openDatabase } from './database.ts';
import { databaseVersion, migrateDatabase, readDatabaseVersion } from './migrations.ts';
import { createStore, type Store } from './store.ts';

export interface OpenedStore {
  readonly store: Store;
  /** What the person must be told about it. */
  readonly notices: readonly BerthError[];
}

const fileName = 'berth.db';

/**
 * Opens the program's database. A damaged one is set aside, never deleted; one that a newer Berth wrote is opened
 * read-only, because writing the old format into it would break it.
 */
export function openStore(dataDir: string, clock: Clock): Result<OpenedStore> {
  const file = path.join(dataDir, fileName);
  try {
    mkdirSync(dataDir, { recursive: true });
    const version = existsSync(file) ? versionOf(file) : 0;
    if (version === 'damaged') return succeed(startOver(file, clock));
    if (version > databaseVersion) return succeed(openNewer(file, version));
    return succeed({ store: createStore(openAndMigrate(file), null), notices: [] });
  } catch (cause) {
    return fail('storage', `The database cannot be opened: ${String(cause)}`, {
      object: file,
      fix: 'Check free space and the permissions of the data folder.',
    });
  }
}

/** Opens it once read-write, so that what a killed program left in the write-ahead log is taken in and checked too. */
function versionOf(file: string): number | 'damaged' {
  let database: Database | undefined;
  try {
    database = openDatabase(file, 'read-write');
    const check = database.get('PRAGMA quick_check(1)');
    return check?.quick_check === 'ok' ? readDatabaseVersion(database) : 'damaged';
  } catch (cause) {
    if (/not a database|malformed|corrupt/i.test(String(cause))) return 'damaged';
    throw cause;
  } finally {
    database?.close();
  }
}

function openAndMigrate(file: string): Database {
  const database = openDatabase(file, 'read-write');
  migrateDatabase(database);
  return database;
}

function startOver(file: string, clock: Clock): OpenedStore {
  const time = new Date(clock.now()).toISOString().replaceAll(':', '-');
  const aside = `${file}.corrupt-${time}`;
  renameSync(file, aside);
  for (const suffix of ['-wal', '-shm'])
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  const notice: BerthError = {
    code: 'storage',
    message: 'The database with settings and history was damaged. Berth started with an empty database.',
    object: aside,
    fix: 'The damaged file was kept; restore a backup of berth.db if you have one.',
  };
  return { store: createStore(openAndMigrate(file), null), notices: [notice] };
}

function openNewer(file: string, version: number): OpenedStore {
  const reason =
    `The database was written by a newer Berth (format ${version}; this one supports up to ${databaseVersion}). ` +
    'It was opened read-only: nothing can be run or saved.';
  const notice: BerthError = {
    code: 'read-only',
    message: reason,
    object: file,
    fix: 'Install the newer Berth, or start this one with another data folder.',
  };
  return { store: createStore(openDatabase(file, 'read-only'), reason), notices: [notice] };
}
