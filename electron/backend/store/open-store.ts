import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { type BerthError, fail, type Result, succeed } from '#shared/result.ts';
import type { Clock } from '../ports.ts';
import { type Database, letShrink, type OpenDatabase, openDatabase } from './database.ts';
import { databaseVersion, migrateDatabase, missingParts, readDatabaseVersion } from './formats/migrations.ts';
import { createSetAside, type Tell } from './set-aside.ts';
import { storageError } from './storage-error.ts';
import { createStore, type Store } from './store.ts';

export interface OpenedStore {
  readonly store: Store;
  /** What the person must be told about it. */
  readonly notices: readonly BerthError[];
}

export interface StoreSurroundings {
  /** Hears what happens to the database later: a full disk, rows that cannot be read. */
  readonly tell?: Tell;
  readonly open?: OpenDatabase;
}

const fileName = 'berth.db';

/**
 * Opens the program's database. One that cannot be used (damaged, empty, of no known format, without a table) is set
 * aside under another name, never deleted; one that a newer Berth wrote is opened read-only, because writing the old
 * format into it would break it.
 */
export function openStore(
  dataDir: string,
  clock: Clock,
  { tell = () => undefined, open = openDatabase }: StoreSurroundings = {},
): Result<OpenedStore> {
  const file = path.join(dataDir, fileName);
  const make = (database: Database, readOnlyReason: string | null): Store => {
    const readOnly = readOnlyReason !== null;
    const setAside = createSetAside(database, { dataDir, clock, readOnly }, tell);
    return createStore(database, { file, readOnlyReason, setAside, tell });
  };
  try {
    mkdirSync(dataDir, { recursive: true });
    const found = inspect(file, open);
    if (found.kind === 'newer') {
      const { reason, notice } = aboutNewer(file, found.version);
      return succeed({ store: make(open(file, 'read-only'), reason), notices: [notice] });
    }
    const notices = found.kind === 'unusable' ? [putAside(file, found.why, clock)] : [];
    return succeed({ store: make(openAndMigrate(file, open), null), notices });
  } catch (cause) {
    const { message, fix } = storageError(cause, file);
    return fail('storage', message.replace('could not be written', 'cannot be opened'), {
      object: file,
      ...(fix === undefined ? {} : { fix }),
    });
  }
}

type Found =
  | { readonly kind: 'usable' }
  | { readonly kind: 'newer'; readonly version: number }
  /** `why` goes on from “The database with settings and history …”. */
  | { readonly kind: 'unusable'; readonly why: string };

/** Opens it once read-write, so that what a killed program left in the write-ahead log is taken in and checked too. */
function inspect(file: string, open: OpenDatabase): Found {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return { kind: 'usable' };
  if (!stats.isFile()) return { kind: 'unusable', why: 'is not a file' };
  if (stats.size === 0 && !existsSync(`${file}-wal`)) return { kind: 'unusable', why: 'was an empty file' };
  let database: Database | undefined;
  try {
    database = open(file, 'read-write');
    if (database.get('PRAGMA quick_check(1)')?.quick_check !== 'ok')
      return { kind: 'unusable', why: 'was damaged' };
    const version = readDatabaseVersion(database);
    if (version > databaseVersion) return { kind: 'newer', version };
    if (version < 1) return { kind: 'unusable', why: `has no format that Berth knows (${version})` };
    const missing = missingParts(database, open);
    return missing.length === 0
      ? { kind: 'usable' }
      : { kind: 'unusable', why: `lacks ${missing.slice(0, 3).join(', ')}` };
  } catch (cause) {
    if (/not a database|malformed|corrupt/i.test(String(cause)))
      return { kind: 'unusable', why: 'was damaged' };
    throw cause;
  } finally {
    database?.close();
  }
}

function openAndMigrate(file: string, open: OpenDatabase): Database {
  const database = open(file, 'read-write');
  migrateDatabase(database);
  try {
    letShrink(database);
  } catch {
    // It needs as much free space as the database takes; the next start tries again.
  }
  return database;
}

function putAside(file: string, why: string, clock: Clock): BerthError {
  const time = new Date(clock.now()).toISOString().replaceAll(':', '-');
  const aside = unusedName(`${file}.corrupt-${time}`);
  renameSync(file, aside);
  for (const suffix of ['-wal', '-shm'])
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  return {
    code: 'storage',
    message: `The database with settings and history ${why}. Berth started with an empty database.`,
    object: aside,
    fix: 'The file was kept under this name; restore a backup of berth.db if you have one.',
  };
}

function unusedName(wanted: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!existsSync(name)) return name;
  }
}

function aboutNewer(file: string, version: number): { readonly reason: string; readonly notice: BerthError } {
  const reason =
    `The database was written by a newer Berth (format ${version}; this one supports up to ${databaseVersion}). ` +
    'It was opened read-only: nothing can be run or saved.';
  return {
    reason,
    notice: {
      code: 'read-only',
      message: reason,
      object: file,
      fix: 'Install the newer Berth, or start this one with another data folder.',
    },
  };
}
