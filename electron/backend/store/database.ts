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
  close(): void;
}

/** Opens or creates the file. Throws what the engine throws: a damaged file, a folder without permission. */
export function openDatabase(file: string, mode: 'read-write' | 'read-only'): Database {
  const engine = new DatabaseSync(file, { readOnly: mode === 'read-only', timeout: 5000 });
  if (mode === 'read-write') {
    engine.exec('PRAGMA journal_mode = WAL');
    // FULL: a commit is on disk when it returns; the journal promises that before any device is touched.
    engine.exec('PRAGMA synchronous = FULL');
  }
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
        engine.exec('ROLLBACK');
        throw cause;
      }
    },
    close() {
      statements.clear();
      engine.close();
    },
  };
}
