import type { Database, OpenDatabase } from '../database.ts';
import { rewriteIntentsOfOne } from './intents-of-one.ts';
import { keepStateInOne } from './state-in-one.ts';

/** Numbered by position, from 1. A migration that was released is never changed; a new one is appended. */
const migrations: readonly (string | ((database: Database) => void))[] = [
  `CREATE TABLE settings (id INTEGER PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL) STRICT;
   CREATE TABLE recent_sources (
     request TEXT PRIMARY KEY, title TEXT NOT NULL, opened_at INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE current_source (
     id INTEGER PRIMARY KEY CHECK (id = 1), request TEXT NOT NULL, source TEXT NOT NULL, simulated_state TEXT
   ) STRICT;
   CREATE TABLE runs (
     sequence INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     source TEXT NOT NULL,
     status TEXT NOT NULL,
     plan TEXT NOT NULL,
     state TEXT NOT NULL
   ) STRICT;
   CREATE INDEX runs_by_status ON runs (status);
   CREATE TABLE journal (
     sequence INTEGER PRIMARY KEY AUTOINCREMENT,
     run_id TEXT NOT NULL,
     at INTEGER NOT NULL,
     event TEXT NOT NULL,
     step INTEGER
   ) STRICT;
   CREATE INDEX journal_by_run ON journal (run_id);`,
  `CREATE TABLE virtual_subsystem_drafts (
     id TEXT PRIMARY KEY, source TEXT NOT NULL, json TEXT NOT NULL, created_by TEXT
   ) STRICT;
   CREATE INDEX virtual_subsystem_drafts_by_source ON virtual_subsystem_drafts (source);`,
  rewriteIntentsOfOne,
  // What changes with every step is written alone: one step of a run, one part of a simulated fleet. Lists of the history
  // read the head of a run.
  `CREATE TABLE run_steps (
     run_id TEXT NOT NULL, step INTEGER NOT NULL, state TEXT NOT NULL, PRIMARY KEY (run_id, step)
   ) STRICT, WITHOUT ROWID;
   ALTER TABLE runs ADD COLUMN head TEXT;
   UPDATE runs SET head = json_object(
       'title', json_extract(plan, '$.title'),
       'intent', json_extract(plan, '$.intent'),
       'stepCount', json_array_length(plan, '$.steps')
     ) WHERE CASE WHEN json_valid(plan) THEN 1 ELSE 0 END;
   CREATE TABLE simulated_state (
     source TEXT NOT NULL, part TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (source, part)
   ) STRICT;
   INSERT INTO simulated_state (source, part, json)
     SELECT request, '', simulated_state FROM current_source WHERE simulated_state IS NOT NULL;
   ALTER TABLE current_source DROP COLUMN simulated_state;`,
  // The state of a fleet is written ahead, before anything refers to it.
  keepStateInOne,
  `CREATE TABLE migration_batches (
     sequence INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, ended INTEGER NOT NULL, json TEXT NOT NULL
   ) STRICT;
   CREATE INDEX migration_batches_by_source ON migration_batches (source);`,
];

/** Version of the database that this program writes. */
export const databaseVersion = migrations.length;

export function readDatabaseVersion(database: Database): number {
  const version = database.get('PRAGMA user_version')?.user_version;
  return typeof version === 'number' ? version : 0;
}

/** Brings an older database up to date, or to an older version, each step in a transaction of its own. */
export function migrateDatabase(database: Database, upTo: number = databaseVersion): void {
  for (let version = readDatabaseVersion(database); version < upTo; version += 1)
    database.transaction(() => {
      const migration = migrations[version] ?? '';
      if (typeof migration === 'string') database.script(migration);
      else migration(database);
      database.script(`PRAGMA user_version = ${version + 1}`);
    });
}

/** Tables and columns that a database of the version that it says must have and has not, as `table.column`. */
export function missingParts(database: Database, open: OpenDatabase): string[] {
  const model = open(':memory:', 'read-write');
  try {
    migrateDatabase(model, readDatabaseVersion(database));
    const present = new Set(partsOf(database));
    return partsOf(model).filter((part) => !present.has(part));
  } finally {
    model.close();
  }
}

function partsOf(database: Database): string[] {
  return database
    .all(
      `SELECT tables.name || '.' || columns.name AS part
         FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    )
    .map(({ part }) => String(part));
}
