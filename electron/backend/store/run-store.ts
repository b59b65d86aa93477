import type { Plan, ProcedureRun } from '#shared/procedure/procedure.ts';
import type { Result } from '#shared/result.ts';
import type { Database } from './database.ts';
import { type StateParts, writeStateParts } from './kept-state.ts';
import { headOf, readHead, readRun, writeRun } from './run-rows.ts';
import type { SetAside, UnreadableRow } from './set-aside.ts';
import type { Written } from './written.ts';

/** What happened to a run; one line of its journal. */
export interface JournalEntry {
  readonly at: number;
  readonly event:
    | 'started'
    | 'step-started'
    | 'round'
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

/** A run without what is large in it: its steps and their plan. */
export type RunHead = Omit<ProcedureRun, 'plan' | 'steps'> & {
  readonly plan: Pick<Plan, 'title' | 'intent'>;
  readonly stepCount: number;
};

/** The head of a run together with the source that it changed. */
export interface StoredHead {
  readonly run: RunHead;
  readonly source: string;
}

export interface RunStore {
  /**
   * The run, its journal lines of one event and the simulated state that belongs to it, in one transaction. What could not be written
   * is remembered and read back as if it had been, and is written with whatever is written next; only a run that
   * begins (`started`, `recovering`) is not, because it must not go on. The end of an undo that is done is, in the same
   * transaction, the mark on the run that it undoes.
   */
  saveRun(
    stored: StoredRun,
    entry: JournalEntry | readonly [JournalEntry, ...JournalEntry[]],
    simulatedState: StateParts | null,
  ): Result<void>;
  /** Newest first. Reads every plan and step: for a list of the history there are the heads. */
  runs(limit: number): StoredRun[];
  /** Newest first; takes the same time however many steps the runs have. */
  heads(limit: number): StoredHead[];
  run(id: string): StoredRun | null;
  /** Runs that had not ended when the program last did. */
  unfinishedRuns(): StoredRun[];
  journal(runId: string): JournalEntry[];
}

/** What could not be written yet: written at the beginning of the next transaction. */
export interface Unwritten {
  readonly runs: Map<string, { readonly stored: StoredRun; readonly entries: readonly JournalEntry[] }>;
  readonly states: Map<string, StateParts>;
}

export function createRunStore(
  database: Database,
  deps: {
    readonly unwritten: Unwritten;
    readonly written: Written;
    readonly write: (work: () => void) => Result<void>;
    /** Takes away what the history keeps no longer; part of a transaction. */
    readonly prune: () => void;
    readonly giveBack: () => void;
    readonly setAside: SetAside;
  },
): RunStore {
  const { unwritten, written, write, setAside } = deps;

  /** What can be read of them; the others are set aside, whole. */
  const readEach = <Kind>(
    rows: readonly Record<string, unknown>[],
    read: (row: Record<string, unknown>) => Kind | null,
  ): Kind[] => {
    const bad: UnreadableRow[] = [];
    const found = rows.flatMap((row) => {
      const one = read(row);
      if (one !== null) return [one];
      const id = String(row.id);
      const content = {
        ...database.get('SELECT * FROM runs WHERE id = ?', id),
        journal: database.all('SELECT * FROM journal WHERE run_id = ?', id),
        steps: database.all('SELECT * FROM run_steps WHERE run_id = ?', id),
      };
      bad.push({ row: Number(row.sequence), content });
      return [];
    });
    setAside('runs', bad);
    return found;
  };
  const readAll = (rows: readonly Record<string, unknown>[]): StoredRun[] =>
    readEach(rows, (row) => unwritten.runs.get(String(row.id))?.stored ?? readRun(database, row));

  const runOf = (id: string): StoredRun | null =>
    readAll(database.all('SELECT * FROM runs WHERE id = ?', id))[0] ?? null;

  const noteUnwritten = (stored: StoredRun, ...entries: readonly JournalEntry[]): void => {
    const { id } = stored.run;
    const before = unwritten.runs.get(id)?.entries ?? [];
    unwritten.runs.set(id, { stored, entries: [...before, ...entries] });
  };

  return {
    saveRun(stored, given, simulatedState) {
      const { run, source } = stored;
      const entries = 'event' in given ? ([given] as const) : given;
      const [entry] = entries;
      const undone = entry.event === 'ended' ? undoneBy(run, runOf) : null;
      const undoneEntry = { at: entry.at, event: 'undone-by' } as const;
      const saved = write(() => {
        writeRun(database, stored, entries, written.steps);
        if (undone !== null) writeRun(database, undone, [undoneEntry], written.steps);
        if (simulatedState !== null) writeState(database, source, simulatedState, written);
        if (entry.event === 'ended') deps.prune();
      });
      if (saved.ok) {
        if (entry.event === 'ended') {
          // Neither is written step by step any more.
          written.steps.delete(run.id);
          if (undone !== null) written.steps.delete(undone.run.id);
          deps.giveBack();
        }
        return saved;
      }
      if (entry.event === 'started' || entry.event === 'recovering') return saved;
      noteUnwritten(stored, ...entries);
      if (undone !== null) noteUnwritten(undone, undoneEntry);
      if (simulatedState !== null) unwritten.states.set(source, simulatedState);
      return saved;
    },
    runs: (limit) => readAll(database.all('SELECT * FROM runs ORDER BY sequence DESC LIMIT ?', limit)),
    heads: (limit) =>
      readEach(
        database.all(
          'SELECT sequence, id, source, state, head FROM runs ORDER BY sequence DESC LIMIT ?',
          limit,
        ),
        (row) => {
          const known = unwritten.runs.get(String(row.id))?.stored;
          return known === undefined ? readHead(row) : { run: headOf(known.run), source: known.source };
        },
      ),
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
export function writeUnwritten(database: Database, { runs, states }: Unwritten, written: Written): void {
  for (const { stored, entries } of runs.values()) writeRun(database, stored, entries, written.steps);
  for (const [source, state] of states) writeState(database, source, state, written);
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
  for (const table of ['journal', 'run_steps'])
    database.run(`DELETE FROM ${table} WHERE run_id NOT IN (SELECT id FROM runs)`);
}

/** Only where that very source is the one that is kept: state never comes under the key of another fleet. */
function writeState(database: Database, source: string, parts: StateParts, written: Written): void {
  if (database.get('SELECT 1 FROM current_source WHERE request = ?', source) === undefined) return;
  writeStateParts(database, source, parts, written.state);
}
