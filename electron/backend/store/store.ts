import { type FleetSource, fleetSourceSchema } from '#shared/fleet/schema.ts';
import { type OpenRequest, openRequestSchema, type RecentSource } from '#shared/ipc/contract.ts';
import { type ProcedureRun, planSchema, procedureRunSchema } from '#shared/procedure/procedure.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { readSettings } from '#shared/settings/read-settings.ts';
import type { Settings } from '#shared/settings/schema.ts';
import type { Database } from './database.ts';
import { createDraftStore, type DraftStore } from './draft-store.ts';

/** What happened to a run; one line of its journal. */
export interface JournalEntry {
  readonly at: number;
  readonly event:
    | 'started'
    | 'step-started'
    | 'step-done'
    | 'step-failed'
    | 'step-undone'
    | 'aborting'
    | 'interrupted'
    | 'recovering'
    | 'ended'
    | 'undone-by';
  readonly step?: number;
}

/** A run together with the source that it changed. */
interface StoredRun {
  readonly run: ProcedureRun;
  /** Key of the source, see `sourceKey`. */
  readonly source: string;
}

/** What is open, so that the next start can open it again. */
export interface CurrentSource {
  readonly request: OpenRequest;
  readonly source: FleetSource;
  /** State of a simulated fleet: JSON of a fleet file; null for a capture. */
  readonly simulatedState: string | null;
}

/** Everything that must last. Every method that writes is on disk when it returns, or says that it is not. */
export interface Store {
  /** Why nothing can be written; null normally. */
  readonly readOnlyReason: string | null;
  settings(): Settings;
  saveSettings(settings: Settings): Result<void>;
  recentSources(): RecentSource[];
  rememberSource(recent: RecentSource): Result<void>;
  forgetRecent(): Result<void>;
  currentSource(): CurrentSource | null;
  setCurrentSource(current: CurrentSource): Result<void>;
  /** The run, its journal line and the simulated state that belongs to it, in one transaction. */
  saveRun(stored: StoredRun, entry: JournalEntry, simulatedState: string | null): Result<void>;
  /** Newest first. */
  runs(limit: number): StoredRun[];
  run(id: string): StoredRun | null;
  /** Runs that had not ended when the program last did. */
  unfinishedRuns(): StoredRun[];
  journal(runId: string): JournalEntry[];
  /** Virtual subsystems that are only wanted. */
  readonly drafts: DraftStore;
  close(): void;
}

const recentLimit = 12;

export function createStore(database: Database, readOnlyReason: string | null): Store {
  const write = (work: () => void): Result<void> => {
    if (readOnlyReason !== null)
      return fail('read-only', readOnlyReason, {
        fix: 'Install the newer Berth, or use another data folder.',
      });
    try {
      database.transaction(work);
      return succeed(undefined);
    } catch (cause) {
      return fail('storage', `The database refused to write: ${String(cause)}`, {
        fix: 'Check free space and the permissions of the data folder.',
      });
    }
  };

  return {
    readOnlyReason,
    settings: () => readSettings(parse(database.get('SELECT json FROM settings')?.json)).settings,
    saveSettings: (settings) =>
      write(() => database.run('REPLACE INTO settings (id, json) VALUES (1, ?)', JSON.stringify(settings))),
    recentSources: () =>
      database
        .all('SELECT request, title, opened_at FROM recent_sources ORDER BY opened_at DESC')
        .flatMap((row) => {
          const request = openRequestSchema.safeParse(parse(row.request));
          if (!request.success) return [];
          return [{ request: request.data, title: String(row.title), openedAt: Number(row.opened_at) }];
        }),
    rememberSource: ({ request, title, openedAt }) =>
      write(() => {
        database.run(
          'REPLACE INTO recent_sources (request, title, opened_at) VALUES (?, ?, ?)',
          sourceKey(request),
          title,
          openedAt,
        );
        database.run(
          `DELETE FROM recent_sources WHERE request NOT IN
             (SELECT request FROM recent_sources ORDER BY opened_at DESC LIMIT ?)`,
          recentLimit,
        );
      }),
    forgetRecent: () => write(() => database.run('DELETE FROM recent_sources')),
    currentSource() {
      const row = database.get('SELECT request, source, simulated_state FROM current_source');
      const request = openRequestSchema.safeParse(parse(row?.request));
      const source = fleetSourceSchema.safeParse(parse(row?.source));
      if (!request.success || !source.success) return null;
      const state = row?.simulated_state;
      return {
        request: request.data,
        source: source.data,
        simulatedState: typeof state === 'string' ? state : null,
      };
    },
    setCurrentSource: ({ request, source, simulatedState }) =>
      write(() =>
        database.run(
          'REPLACE INTO current_source (id, request, source, simulated_state) VALUES (1, ?, ?, ?)',
          sourceKey(request),
          JSON.stringify(source),
          simulatedState,
        ),
      ),
    saveRun: ({ run, source }, entry, simulatedState) =>
      write(() => {
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
        database.run(
          'INSERT INTO journal (run_id, at, event, step) VALUES (?, ?, ?, ?)',
          run.id,
          entry.at,
          entry.event,
          entry.step ?? null,
        );
        if (simulatedState !== null)
          database.run(
            'UPDATE current_source SET simulated_state = ? WHERE request = ?',
            simulatedState,
            source,
          );
      }),
    runs: (limit) =>
      database.all('SELECT * FROM runs ORDER BY sequence DESC LIMIT ?', limit).flatMap(readRun),
    run: (id) => database.all('SELECT * FROM runs WHERE id = ?', id).flatMap(readRun)[0] ?? null,
    unfinishedRuns: () =>
      database
        .all(`SELECT * FROM runs WHERE status IN ('running', 'aborting', 'interrupted') ORDER BY sequence`)
        .flatMap(readRun),
    journal: (runId) =>
      database
        .all('SELECT at, event, step FROM journal WHERE run_id = ? ORDER BY sequence', runId)
        .map((row) => ({
          at: Number(row.at),
          event: String(row.event) as JournalEntry['event'],
          ...(row.step === null ? {} : { step: Number(row.step) }),
        })),
    drafts: createDraftStore(database, write),
    close: () => database.close(),
  };
}

/** The same source always has the same key: its request, with the keys in the order of the schema. */
export function sourceKey(request: OpenRequest): string {
  return JSON.stringify(openRequestSchema.parse(request));
}

function readRun(row: Record<string, unknown>): StoredRun[] {
  const plan = planSchema.safeParse(parse(row.plan));
  const state = procedureRunSchema.omit({ plan: true }).safeParse(parse(row.state));
  if (!plan.success || !state.success) return [];
  return [{ run: { ...state.data, plan: plan.data }, source: String(row.source) }];
}

function parse(json: unknown): unknown {
  if (typeof json !== 'string') return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
