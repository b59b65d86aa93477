import { type ProcedureRun, planSchema, procedureRunSchema } from '#shared/procedure/procedure.ts';
import type { Result } from '#shared/result.ts';
import type { Database } from './database.ts';
import { parseJson } from './parse-json.ts';
import type { SetAside, UnreadableRow } from './set-aside.ts';

/** What happened to a run; one line of its journal. */
export interface JournalEntry {
  readonly at: number;
  readonly event:
    | 'started'
    | 'step-started'
    | 'step-done'
    | 'step-failed'
    | 'rolling-back'
    | 'step-undone'
    | 'aborting'
    | 'interrupted'
    | 'recovering'
    | 'ended'
    | 'undone-by';
  readonly step?: number;
}

/** A run together with the source that it changed. */
export interface StoredRun {
  readonly run: ProcedureRun;
  /** Key of the source, see `sourceKey`. */
  readonly source: string;
}

export interface RunStore {
  /**
   * The run, its journal line and the simulated state that belongs to it, in one transaction. What could not be written
   * is remembered and read back as if it had been, and is written with whatever is written next; only a run that
   * begins (`started`, `recovering`) is not, because it must not go on. The end of an undo that is done is, in the same
   * transaction, the mark on the run that it undoes.
   */
  saveRun(stored: StoredRun, entry: JournalEntry, simulatedState: string | null): Result<void>;
  /** Newest first. */
  runs(limit: number): StoredRun[];
  run(id: string): StoredRun | null;
  /** Runs that had not ended when the program last did. */
  unfinishedRuns(): StoredRun[];
  journal(runId: string): JournalEntry[];
}

/** What could not be written yet: written at the beginning of the next transaction. */
export interface Unwritten {
  readonly runs: Map<string, { readonly stored: StoredRun; readonly entries: readonly JournalEntry[] }>;
  readonly states: Map<string, string>;
}

export function createRunStore(
  database: Database,
  deps: {
    readonly unwritten: Unwritten;
    readonly write: (work: () => void) => Result<void>;
    /** Takes away what the history keeps no longer; part of a transaction. */
    readonly prune: () => void;
    readonly giveBack: () => void;
    readonly setAside: SetAside;
  },
): RunStore {
  const { unwritten, write, setAside } = deps;

  const readAll = (rows: readonly Record<string, unknown>[]): StoredRun[] => {
    const bad: UnreadableRow[] = [];
    const read = rows.flatMap((row) => {
      const known = unwritten.runs.get(String(row.id));
      if (known !== undefined) return [known.stored];
      const run = readRun(row);
      if (run !== null) return [run];
      const journal = database.all('SELECT * FROM journal WHERE run_id = ?', String(row.id));
      bad.push({ row: Number(row.sequence), content: { ...row, journal } });
      return [];
    });
    setAside('runs', bad);
    return read;
  };

  const runOf = (id: string): StoredRun | null =>
    readAll(database.all('SELECT * FROM runs WHERE id = ?', id))[0] ?? null;

  const noteUnwritten = (stored: StoredRun, entry: JournalEntry): void => {
    const { id } = stored.run;
    const entries = unwritten.runs.get(id)?.entries ?? [];
    unwritten.runs.set(id, { stored, entries: [...entries, entry] });
  };

  return {
    saveRun(stored, entry, simulatedState) {
      const { run, source } = stored;
      const undone = entry.event === 'ended' ? undoneBy(run, runOf) : null;
      const undoneEntry = { at: entry.at, event: 'undone-by' } as const;
      const saved = write(() => {
        writeRun(database, stored, [entry]);
        if (undone !== null) writeRun(database, undone, [undoneEntry]);
        if (simulatedState !== null) writeState(database, source, simulatedState);
        if (entry.event === 'ended') deps.prune();
      });
      if (saved.ok) {
        if (entry.event === 'ended') deps.giveBack();
        return saved;
      }
      if (entry.event === 'started' || entry.event === 'recovering') return saved;
      noteUnwritten(stored, entry);
      if (undone !== null) noteUnwritten(undone, undoneEntry);
      if (simulatedState !== null) unwritten.states.set(source, simulatedState);
      return saved;
    },
    runs: (limit) => readAll(database.all('SELECT * FROM runs ORDER BY sequence DESC LIMIT ?', limit)),
    run: runOf,
    unfinishedRuns: () =>
      readAll(
        database.all(
          `SELECT * FROM runs WHERE status IN ('running', 'aborting', 'interrupted') ORDER BY sequence`,
        ),
      ),
    journal: (runId) => [
      ...database
        .all('SELECT at, event, step FROM journal WHERE run_id = ? ORDER BY sequence', runId)
        .map((row) => ({
          at: Number(row.at),
          event: String(row.event) as JournalEntry['event'],
          ...(row.step === null ? {} : { step: Number(row.step) }),
        })),
      ...(unwritten.runs.get(runId)?.entries ?? []),
    ],
  };
}

/** What a run has undone when it has ended; null: nothing, or it is no longer kept. */
function undoneBy(
  { id, undoes, status }: ProcedureRun,
  runOf: (id: string) => StoredRun | null,
): StoredRun | null {
  const undone = undoes === null || status !== 'done' ? null : runOf(undoes);
  return undone === null ? null : { ...undone, run: { ...undone.run, undoneBy: id, undoable: false } };
}

/** Writes what could not be written before; part of a transaction. */
export function writeUnwritten(database: Database, { runs, states }: Unwritten): void {
  for (const { stored, entries } of runs.values()) writeRun(database, stored, entries);
  for (const [source, state] of states) writeState(database, source, state);
}

/** Keeps the newest `limit` runs, and every one that has not ended, with their journals. */
export function pruneRuns(database: Database, limit: number): void {
  // A draft that was created is hidden by the run that did it; without that run it would come back.
  database.run(
    `DELETE FROM virtual_subsystem_drafts WHERE created_by IN
       (SELECT id FROM runs WHERE status = 'done'
          AND CASE WHEN json_valid(state) THEN json_extract(state, '$.undoneBy') IS NULL ELSE 0 END
          AND sequence NOT IN (SELECT sequence FROM runs ORDER BY sequence DESC LIMIT ?))`,
    limit,
  );
  database.run(
    `DELETE FROM runs WHERE status NOT IN ('running', 'aborting', 'interrupted') AND sequence NOT IN
       (SELECT sequence FROM runs ORDER BY sequence DESC LIMIT ?)`,
    limit,
  );
  database.run('DELETE FROM journal WHERE run_id NOT IN (SELECT id FROM runs)');
}

function writeRun(database: Database, { run, source }: StoredRun, entries: readonly JournalEntry[]): void {
  const { plan, ...state } = run;
  // The plan never changes and can be large: it is written once.
  database.run(
    `INSERT INTO runs (id, source, status, plan, state) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET status = excluded.status, state = excluded.state`,
    run.id,
    source,
    run.status,
    JSON.stringify(plan),
    JSON.stringify(state),
  );
  for (const { at, event, step } of entries)
    database.run(
      'INSERT INTO journal (run_id, at, event, step) VALUES (?, ?, ?, ?)',
      run.id,
      at,
      event,
      step ?? null,
    );
}

/** Only where that very source is the one that is kept: state never comes under the key of another fleet. */
function writeState(database: Database, source: string, state: string): void {
  database.run('UPDATE current_source SET simulated_state = ? WHERE request = ?', state, source);
}

function readRun(row: Record<string, unknown>): StoredRun | null {
  const plan = planSchema.safeParse(parseJson(row.plan));
  const state = procedureRunSchema.omit({ plan: true }).safeParse(parseJson(row.state));
  if (!plan.success || !state.success) return null;
  return { run: { ...state.data, plan: plan.data }, source: String(row.source) };
}
