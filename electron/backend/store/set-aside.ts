import { closeSync, constants, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { BerthError } from '#shared/result.ts';
import type { Clock } from '../ports.ts';
import type { Database } from './database.ts';

/** Tells the person something that no request asked for. */
export type Tell = (notice: BerthError & { readonly severity: 'info' | 'warning' | 'error' }) => void;

/** Tables whose rows are read back, with what a row of each is for people. */
const rowsOf = {
  settings: 'the settings',
  recent_sources: 'the list of recent sources',
  current_source: 'the fleet that was open last',
  runs: 'the history',
  virtual_subsystem_drafts: 'the drafts of virtual subsystems',
  migration_batches: 'the batches of migrations',
} as const;
type ReadTable = keyof typeof rowsOf;

export interface UnreadableRow {
  /** ROWID in its table. */
  readonly row: number;
  /** All columns, and what belongs to it in other tables. */
  readonly content: unknown;
}

/**
 * Keeps rows that cannot be read: writes them to a file in the data folder, takes them out of the table and tells so,
 * once for each table. Where that cannot be done they stay, and that is told.
 */
export type SetAside = (table: ReadTable, rows: readonly UnreadableRow[], why?: string) => void;

export function createSetAside(
  database: Database,
  place: { readonly dataDir: string; readonly clock: Clock; readonly readOnly: boolean },
  tell: Tell,
): SetAside {
  const told = new Set<ReadTable>();
  const file = () => {
    const time = new Date(place.clock.now()).toISOString().replaceAll(':', '-');
    return path.join(place.dataDir, `unreadable-rows-${time}.jsonl`);
  };
  return (table, rows, why) => {
    if (rows.length === 0) return;
    const count = rows.length === 1 ? 'An entry' : `${rows.length} entries`;
    const message = `${count} of ${rowsOf[table]} cannot be read${why === undefined ? '' : `: ${why}`}.`;
    const stays = (reason: string) => {
      if (told.has(table)) return;
      told.add(table);
      tell({
        ...{ severity: 'warning', code: 'storage', message },
        object: path.join(place.dataDir, 'berth.db'),
        fix: `It stays in the table ${table}: ${reason}`,
      });
    };
    if (place.readOnly) return stays('the database was opened read-only.');
    const target = file();
    try {
      append(
        target,
        rows.map(({ content }) => JSON.stringify({ table, why, content })),
      );
      database.transaction(() => {
        for (const { row } of rows) database.run(`DELETE FROM ${table} WHERE rowid = ?`, row);
      });
    } catch (cause) {
      return stays(String(cause));
    }
    tell({
      ...{ severity: 'warning', code: 'storage', message, object: target },
      fix: 'It was kept in this file and taken out of the database.',
    });
  };
}

function append(file: string, lines: readonly string[]): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const { O_WRONLY, O_CREAT, O_APPEND, O_NONBLOCK } = constants;
  const handle = openSync(file, O_WRONLY | O_CREAT | O_APPEND | (O_NONBLOCK ?? 0), 0o644);
  try {
    writeSync(handle, `${lines.join('\n')}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
