import type { Database } from './database.ts';
import type { WrittenSteps } from './run-rows.ts';
import type { StateParts } from './state-parts.ts';

/**
 * What the database is known to hold of what is written in pieces. A transaction that fails forgets all of it: then
 * everything is written once more.
 */
export interface Written {
  readonly steps: WrittenSteps;
  /** Of the one source that is kept. */
  state: { readonly source: string; readonly parts: StateParts } | null;
}

export function forgetWritten(written: Written): void {
  written.steps.clear();
  written.state = null;
}

/** Writes the parts that differ from what the database holds; part of a transaction. */
export function writeStateParts(
  database: Database,
  source: string,
  parts: StateParts,
  written: Written,
): void {
  const before = written.state?.source === source ? written.state.parts : null;
  if (before === null) database.run('DELETE FROM simulated_state');
  for (const [part, json] of parts)
    if (before?.get(part) !== json)
      database.run('REPLACE INTO simulated_state (source, part, json) VALUES (?, ?, ?)', source, part, json);
  for (const part of before?.keys() ?? [])
    if (!parts.has(part))
      database.run('DELETE FROM simulated_state WHERE source = ? AND part = ?', source, part);
  written.state = { source, parts };
}

/** What is kept of the state of a source; null: nothing. */
export function readStateParts(database: Database, source: string): StateParts | null {
  const rows = database.all('SELECT part, json FROM simulated_state WHERE source = ?', source);
  return rows.length === 0 ? null : new Map(rows.map(({ part, json }) => [String(part), String(json)]));
}
