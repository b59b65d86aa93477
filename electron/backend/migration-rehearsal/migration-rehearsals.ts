import type { Fleet } from '#shared/fleet/schema.ts';
import { parseFleetValue } from '#shared/fleet-file/parse.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import type { RehearsalFault } from '#shared/migration/rehearsal/fault.ts';
import type { MigrationRehearsal } from '#shared/migration/rehearsal/rehearsal-result.ts';
import type {
  MigrationRehearsalState,
  RehearsedCellRun,
} from '#shared/migration/rehearsal/rehearsal-state.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import { planMigration } from '#shared/procedure/plan/migrate/migrate.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { Emit } from '../event-hub.ts';
import { joinParts } from '../hosts/simulated/file/state-parts.ts';
import { inTurns } from '../in-turns.ts';
import type { Clock } from '../ports.ts';
import type { SourceManager } from '../sources/source-manager.ts';
import type { RehearsalOrder } from './rehearse-migration.ts';

/** At most so often the page is told. */
const pushMilliseconds = 250;
/** Plans whose rehearsal is kept until they start, or the program ends. */
const keptRehearsals = 8;

interface MigrationRehearsalWish {
  readonly request: MigrationRequest;
  /** SHA-256 of what the reviewed plan does. */
  readonly digest: string;
  readonly faults: readonly RehearsalFault[];
  /** 0-based; null: every step. */
  readonly steps: readonly number[] | null;
}

/** Rehearsals of migrations, one at a time, on twins of the fleet that is open. */
export interface MigrationRehearsals {
  /** Begins in the background; one that was under way is stopped. */
  start(wish: MigrationRehearsalWish): Promise<Result<MigrationRehearsalState>>;
  /** Stops between two cells; what was lived through is kept. */
  stop(id: number): Result<void>;
  /** Lives one cell of the last rehearsal through again, and answers its run. */
  cell(
    id: number,
    at: { readonly step: number; readonly fault: RehearsalFault },
  ): Promise<Result<RehearsedCellRun>>;
  /** What is known of a plan, by its digest; null: it was not rehearsed. */
  of(digest: string): MigrationRehearsal | null;
  /** Another source is open, or the program ends. */
  close(): void;
}

export function createMigrationRehearsals({
  sources,
  fleet,
  clock,
  emit,
}: {
  readonly sources: Pick<SourceManager, 'copy'>;
  /** For which a migration is planned now. */
  readonly fleet: () => Fleet;
  readonly clock: Pick<Clock, 'now'>;
  readonly emit: Emit;
}): MigrationRehearsals {
  /** By digest of the plan, oldest first. */
  const kept = new Map<string, MigrationRehearsal>();
  let current: { state: MigrationRehearsalState; order: RehearsalOrder; stop: AbortController } | null = null;
  let lastId = 0;

  const keep = (rehearsal: MigrationRehearsal) => {
    kept.delete(rehearsal.planDigest);
    kept.set(rehearsal.planDigest, rehearsal);
    for (const oldest of kept.keys()) {
      if (kept.size <= keptRehearsals) break;
      kept.delete(oldest);
    }
  };

  const run = async (id: number, order: RehearsalOrder, stop: AbortController) => {
    // Loaded with the first rehearsal: what lives a case through comes with it.
    const { rehearseMigration } = await import('./rehearse-migration.ts');
    let timer: ReturnType<typeof setTimeout> | null = null;
    const change = (part: Partial<MigrationRehearsalState>) => {
      if (current?.state.id === id) current.state = { ...current.state, ...part };
    };
    const push = () => {
      timer = null;
      if (current?.state.id === id) emit('migration-rehearsal:changed', current.state);
    };
    const result = await rehearseMigration(order, {
      signal: stop.signal,
      onRehearsed: (rehearsal) => {
        change({ rehearsal });
        timer ??= setTimeout(push, pushMilliseconds);
      },
    });
    if (timer !== null) clearTimeout(timer);
    if (!result.ok) change({ status: 'ended', error: result.error });
    else {
      const isWhole = result.value.cells.length === result.value.wanted;
      change({ status: isWhole ? 'ended' : 'stopped', rehearsal: result.value });
      if (result.value.cells.length > 0) keep(result.value);
    }
    push();
  };

  const close = () => {
    current?.stop.abort();
    current = null;
  };

  return {
    async start({ request, digest, faults, steps }) {
      const planned = planMigration(fleet(), request);
      if (!planned.ok) return planned;
      const file = await fileOf(sources);
      if (!file.ok) return file;
      close();
      lastId += 1;
      const stop = new AbortController();
      const order = { ...{ file: file.value, request, faults, steps }, planDigest: digest, at: clock.now() };
      const state: MigrationRehearsalState = {
        ...{ id: lastId, planDigest: digest, status: 'running' },
        ...{ rehearsal: null, error: null },
      };
      current = { state, order, stop };
      void run(lastId, order, stop);
      return succeed(state);
    },
    stop(id) {
      if (current?.state.id !== id) return over();
      current.stop.abort();
      return succeed(undefined);
    },
    async cell(id, at) {
      if (current?.state.id !== id) return over();
      const { rehearsedRun } = await import('./rehearse-migration.ts');
      const lived = await rehearsedRun(current.order, at);
      if (!lived.ok) return lived;
      const { status, problems, run: ended } = lived.value;
      return succeed({ status, problems: [...problems], run: ended });
    },
    of: (digest) => kept.get(digest) ?? null,
    close() {
      close();
      kept.clear();
    },
  };
}

function over(): Result<never> {
  return fail('not-found', 'This rehearsal is over.', { fix: 'Start it again.' });
}

/** The fleet that is open as a fleet file, or the twin of the capture that is. */
async function fileOf(sources: Pick<SourceManager, 'copy'>): Promise<Result<FleetFile>> {
  const copy = await sources.copy();
  if (!copy.ok) return copy;
  const { state, source, connections } = copy.value;
  for (const connection of connections) await connection.close();
  if (state === null)
    return fail('not-supported', `${source.label} cannot be simulated.`, { object: source.label });
  await state.prepare();
  const value = await inTurns(joinParts(state.parts()));
  return inTurns(parseFleetValue(value, source.label, { once: true }));
}
