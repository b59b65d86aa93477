import { atOnce, type Pieces } from '#shared/bounds/pieces.ts';
import { type FleetSource, fleetSourceSchema } from '#shared/fleet/schema.ts';
import type { RecentSource } from '#shared/ipc/contract.ts';
import { type OpenRequest, openRequestSchema } from '#shared/ipc/open-request.ts';
import { type BerthError, fail, type Result, succeed } from '#shared/result.ts';
import { readSettings } from '#shared/settings/read-settings.ts';
import { type Settings, settingTexts } from '#shared/settings/schema.ts';
import { type BatchStore, createBatchStore } from './batch-store.ts';
import { type Database, giveBackSpace } from './database.ts';
import { createDraftStore, type DraftStore } from './draft-store.ts';
import {
  nothingKnown,
  readStateParts,
  type StateParts,
  takeAwayUnused,
  writeAhead,
  writeStateParts,
} from './kept-state.ts';
import { parseJson } from './parse-json.ts';
import { createRunStore, pruneRuns, type RunStore, type Unwritten, writeUnwritten } from './run-store.ts';
import type { SetAside, Tell } from './set-aside.ts';
import { storageError } from './storage-error.ts';
import { forgetWritten, type Written } from './written.ts';

/** What is open, so that the next start can open it again. */
export interface CurrentSource {
  readonly request: OpenRequest;
  readonly source: FleetSource;
  /** State of a simulated fleet; null for a capture. */
  readonly simulatedState: StateParts | null;
}

/** Everything that must last. Every method that writes is on disk when it returns, or says that it is not. */
export interface Store extends RunStore {
  /** Why nothing can be written; null normally. */
  readonly readOnlyReason: string | null;
  settings(): Settings;
  /** A lower bound of the history takes effect with it. */
  saveSettings(settings: Settings): Result<void>;
  recentSources(): RecentSource[];
  rememberSource(recent: RecentSource): Result<void>;
  forgetRecent(): Result<void>;
  /** In pieces, because there may be many megabytes of state. */
  currentSource(): Pieces<CurrentSource | null>;
  setCurrentSource(current: CurrentSource): Result<void>;
  /**
   * Makes it quick to keep this state, or one that is nearly the same, in pieces. What is kept stays what it is. `source`:
   * its key.
   */
  writeStateAhead(source: string, state: StateParts): Pieces<Result<void>>;
  /** Takes away in pieces what is no longer kept. */
  tidyState(): Pieces<void>;
  /** What is kept of the open source cannot be used, for this reason: keeps it in a file, and tells so. */
  setCurrentSourceAside(why: string): void;
  /** Virtual subsystems that are only wanted. */
  readonly drafts: DraftStore;
  /** Migrations that were asked for together. */
  readonly batches: BatchStore;
  close(): void;
}

const recentLimit = 12;

export function createStore(
  database: Database,
  deps: {
    /** For messages. */
    readonly file: string;
    readonly readOnlyReason: string | null;
    readonly setAside: SetAside;
    readonly tell: Tell;
  },
): Store {
  const { readOnlyReason, setAside, file } = deps;
  const unwritten: Unwritten = { runs: new Map(), states: new Map() };
  const written: Written = { steps: new Map(), state: nothingKnown() };
  let unwrittenSource: CurrentSource | null = null;
  let told: string | null = null;

  /** Once for each trouble, and once when it is over. */
  const tellTrouble = (error: BerthError | null): void => {
    if (error !== null && error.message !== told) deps.tell({ ...error, severity: 'error' });
    if (error === null && told !== null)
      deps.tell({
        ...{ severity: 'info', code: 'storage', object: file },
        message: 'The database can be written again, and holds what was missing.',
      });
    told = error?.message ?? null;
  };

  const attempt = (work: () => void): Result<void> => {
    try {
      const place = database.ensureInPlace();
      if (place === 'replaced')
        return fail('storage', 'Another file has taken the place of the database while Berth runs.', {
          object: file,
          fix: 'Put the former file back, or end Berth: what it holds is then lost.',
        });
      if (place === 'restored')
        deps.tell({
          ...{ severity: 'warning', code: 'storage', object: file },
          message: 'The data folder or its database was removed while Berth runs.',
          fix: 'Berth has written the database there again, with all that it held.',
        });
      database.transaction(() => {
        if (unwrittenSource !== null) writeSource(database, unwrittenSource, written);
        writeUnwritten(database, unwritten, written);
        work();
      });
      unwrittenSource = null;
      unwritten.runs.clear();
      unwritten.states.clear();
      return succeed(undefined);
    } catch (cause) {
      forgetWritten(written);
      return { ok: false, error: storageError(cause, file) };
    }
  };

  const write = (work: () => void): Result<void> => {
    if (readOnlyReason !== null)
      return fail('read-only', readOnlyReason, {
        fix: 'Install the newer Berth, or use another data folder.',
      });
    const answer = attempt(work);
    tellTrouble(answer.ok ? null : answer.error);
    return answer;
  };

  const settings = (): Settings => readSettings(parseJson(settingsRow(database)?.json)).settings;
  const prune = () => pruneRuns(database, settings().historyLimit);
  const giveBack = () => {
    try {
      giveBackSpace(database);
    } catch {
      // What was written is safe; the space is given back with what ends next.
    }
  };

  keepUnreadableSettings(database, setAside);

  return {
    ...createRunStore(database, { unwritten, written, write, prune, giveBack, setAside }),
    readOnlyReason,
    settings,
    saveSettings(changed) {
      const isFewer = changed.historyLimit < settings().historyLimit;
      const saved = write(() => {
        database.run('REPLACE INTO settings (id, json) VALUES (1, ?)', JSON.stringify(changed));
        if (isFewer) prune();
      });
      if (saved.ok && isFewer) giveBack();
      return saved;
    },
    recentSources() {
      const rows = database.all('SELECT rowid AS number, * FROM recent_sources ORDER BY opened_at DESC');
      const read = rows.map((row) => ({ row, request: openRequestSchema.safeParse(parseJson(row.request)) }));
      setAside(
        'recent_sources',
        read.flatMap(({ row, request }) =>
          request.success ? [] : [{ row: Number(row.number), content: row }],
        ),
      );
      return read.flatMap(({ row, request }) =>
        request.success
          ? [{ request: request.data, title: String(row.title), openedAt: Number(row.opened_at) }]
          : [],
      );
    },
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
    *currentSource() {
      const row = database.get('SELECT request, source FROM current_source');
      if (row === undefined) return null;
      const request = openRequestSchema.safeParse(parseJson(row.request));
      const source = fleetSourceSchema.safeParse(parseJson(row.source));
      const simulatedState = yield* readStateParts(database, String(row.request), written.state);
      if (!request.success || !source.success) {
        setAside('current_source', [{ row: 1, content: withState(row, simulatedState) }]);
        return null;
      }
      return { request: request.data, source: source.data, simulatedState };
    },
    setCurrentSource(current) {
      // The newer one takes the place of what could not be written.
      unwrittenSource = null;
      unwritten.states.clear();
      const answer = write(() => writeSource(database, current, written));
      if (!answer.ok && readOnlyReason === null) unwrittenSource = current;
      return answer;
    },
    *writeStateAhead(source, state) {
      if (readOnlyReason !== null) return succeed(undefined);
      return yield* writeAhead(database, source, state, written.state, write);
    },
    *tidyState() {
      if (readOnlyReason === null) yield* takeAwayUnused(database, written.state, write);
    },
    setCurrentSourceAside(why) {
      const row = database.get('SELECT * FROM current_source');
      if (row === undefined) return;
      const state = atOnce(readStateParts(database, String(row.request)));
      setAside('current_source', [{ row: 1, content: withState(row, state) }], why);
    },
    drafts: createDraftStore(database, write, setAside),
    batches: createBatchStore(database, write, setAside),
    close: () => database.close(),
  };
}

/** The same source always has the same key: its request, with the keys in the order of the schema. */
export function sourceKey(request: OpenRequest): string {
  return JSON.stringify(openRequestSchema.parse(request));
}

function writeSource(
  database: Database,
  { request, source, simulatedState }: CurrentSource,
  written: Written,
): void {
  const key = sourceKey(request);
  database.run(
    'REPLACE INTO current_source (id, request, source) VALUES (1, ?, ?)',
    key,
    JSON.stringify(source),
  );
  writeStateParts(database, key, simulatedState ?? new Map(), written.state);
}

/** The row of the open source as one that is kept in a file. */
function withState(row: Record<string, unknown>, state: StateParts | null): object {
  return { ...row, simulated_state: state === null ? null : Object.fromEntries(state) };
}

function settingsRow(database: Database): Record<string, unknown> | undefined {
  return database.get('SELECT id, json FROM settings');
}

/** Settings that make no sense fall back one by one; what stood there is kept and told. */
function keepUnreadableSettings(database: Database, setAside: SetAside): void {
  const row = settingsRow(database);
  if (row === undefined) return;
  const { settings, dropped } = readSettings(parseJson(row.json));
  const isReadable = typeof parseJson(row.json) === 'object';
  if (isReadable && dropped.length === 0) return;
  const names = dropped.map((name) => settingTexts[name].label).join(', ');
  setAside(
    'settings',
    [{ row: 1, content: row }],
    isReadable ? `the default holds for ${names}` : 'the defaults hold',
  );
  // What is readable holds on.
  if (isReadable)
    try {
      database.transaction(() =>
        database.run('REPLACE INTO settings (id, json) VALUES (1, ?)', JSON.stringify(settings)),
      );
    } catch {
      // It is read again, one by one, at the next start.
    }
}
