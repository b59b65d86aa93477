import type { Fleet } from '#shared/fleet/schema.ts';
import type { BatchChange, BatchMember, MigrationBatch, NewBatch } from '#shared/migration/batch/batch.ts';
import { changedBatch, held, nextMember, settled, withMember } from '#shared/migration/batch/turns.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { isActive } from '#shared/procedure/run/is-active.ts';
import { type BerthError, fail, type Result } from '#shared/result.ts';
import type { Clock, Log, Random } from '../../ports.ts';
import type { ProcedureRunner } from '../../procedures/runner.ts';
import type { Store } from '../../store/store.ts';
import { newBatch } from './new-batch.ts';
import { endOfMember, foundAgain } from './settle-member.ts';

export interface MigrationQueueDependencies {
  readonly store: Pick<Store, 'batches' | 'run' | 'runs' | 'readOnlyReason'>;
  readonly runner: Pick<
    ProcedureRunner,
    'propose' | 'startReviewed' | 'running' | 'find' | 'abort' | 'finished'
  >;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Told every batch that has changed. */
  readonly tell: (batch: MigrationBatch) => void;
  /** Key of the source that is open. */
  source(): string;
  fleet(): Fleet;
}

/** Several migrations that were asked for together: each starts as an ordinary procedure when it is its turn. */
export interface MigrationQueue {
  /** Those of the open source, newest first. */
  list(): MigrationBatch[];
  begin(asked: NewBatch): Result<MigrationBatch>;
  change(id: string, change: BatchChange): Result<MigrationBatch>;
  /** A run has changed; one that has ended makes room. */
  runChanged(run: ProcedureRun): void;
  /** Another source is open: what its batches had under way is looked for, and what waits there is held. */
  sourceOpened(): void;
  /** Titles of those that go on by themselves. */
  underWay(): string[];
  /** Resolves when it has ended or is held. */
  finished(id: string): Promise<MigrationBatch | null>;
  close(): void;
}

/** Milliseconds after which one that was turned away while nothing runs is tried again. */
const retryMilliseconds = 1000;

/** What becomes of a member whose turn it is. `later`: what is under way stands against it. */
type Turn = 'started' | 'refused' | 'later' | 'stopped';

export function createMigrationQueue(deps: MigrationQueueDependencies): MigrationQueue {
  const { store, runner, clock, log } = deps;
  /** Of the open source, newest first. */
  let batches: MigrationBatch[] = [];
  let isClosed = false;
  let pumping = false;
  let again = false;
  const waiters = new Map<string, ((batch: MigrationBatch | null) => void)[]>();

  const find = (id: string) => batches.find((batch) => batch.id === id);

  /** On disk before anything follows from it. */
  const keep = (batch: MigrationBatch): Result<void> => {
    const saved = store.batches.save(deps.source(), batch);
    if (saved.ok) show(batch);
    return saved;
  };

  /** In memory and in front of the person; the next write has it too. */
  const show = (batch: MigrationBatch): void => {
    batches = batches.map((one) => (one.id === batch.id ? batch : one));
    deps.tell(batch);
    if (batch.state === 'running') return;
    for (const resolve of waiters.get(batch.id) ?? []) resolve(batch);
    waiters.delete(batch.id);
  };

  const keepOrLog = (batch: MigrationBatch): void => {
    const saved = keep(batch);
    if (saved.ok) return;
    log.error(`the batch “${batch.title}” could not be written`, saved.error);
    show(batch);
  };

  const update = (batchId: string, memberId: string, change: Parameters<typeof withMember>[2]): void => {
    const batch = find(batchId);
    if (batch !== undefined) keepOrLog(settled(withMember(batch, memberId, change), clock.now()));
  };

  const pump = async (): Promise<void> => {
    again = true;
    if (pumping) return;
    pumping = true;
    try {
      while (again && !isClosed) {
        again = false;
        for (const { id } of batches) await pumpBatch(id);
      }
    } finally {
      pumping = false;
    }
  };
  const pumpSoon = (): void => void pump().catch((cause: unknown) => log.error('a batch broke off', cause));

  const pumpBatch = async (id: string): Promise<void> => {
    const passed = new Set<string>();
    for (;;) {
      const batch = find(id);
      const member = batch === undefined || isClosed ? null : nextMember(batch, passed);
      if (batch === undefined || member === null) break;
      const turn = await takeTurn(batch, member);
      if (turn === 'later') passed.add(member.id);
      if (turn === 'stopped') return;
    }
    // Whoever ends a run makes room; what else stands in the way does not say when it is over.
    if (passed.size > 0 && runner.running().length === 0)
      void clock.sleep(retryMilliseconds, { what: 'room for a migration' }).then(pumpSoon);
  };

  /** Checks a member once more on the fleet as it is now, and starts it. */
  const takeTurn = async (batch: MigrationBatch, member: BatchMember): Promise<Turn> => {
    const intent: Intent = { kind: 'migrate', request: member.request };
    const change = { kind: 'intent', intent } as const;
    const proposal = runner.propose(change);
    if (!proposal.ok) return turnedAway(batch.id, member, proposal.error);
    // Journal first: whoever finds it without a run after a kill knows that it had not begun.
    const { digest, fleetRevision } = proposal.value;
    const startedAt = clock.now();
    const noted = keep(withMember(batch, member.id, { state: 'running', startedAt, reasons: [] }));
    if (!noted.ok) {
      show(held(batch, noted.error.message));
      return 'stopped';
    }
    const started = await runner.startReviewed(change, { digest, fleetRevision }, member.agreed);
    if (!started.ok) {
      update(batch.id, member.id, { state: 'waiting', startedAt: null });
      return turnedAway(batch.id, member, started.error);
    }
    if (started.value.outcome === 'plan-changed') {
      update(batch.id, member.id, { state: 'waiting', startedAt: null });
      return 'later';
    }
    const { id: runId } = started.value.run;
    update(batch.id, member.id, { runId });
    const now = runner.find(runId);
    if (now !== null && !isActive(now)) runChanged(now);
    return 'started';
  };

  /** What is under way may be all that stands against it; only when nothing is, it is refused. */
  const turnedAway = (batchId: string, member: BatchMember, error: BerthError): Turn => {
    const reasons = error.details ?? [error.message];
    if (error.code !== 'busy' && runner.running().length === 0) {
      update(batchId, member.id, { state: 'refused', endedAt: clock.now(), reasons });
      return 'refused';
    }
    const batch = find(batchId);
    const known = batch?.members.find(({ id }) => id === member.id)?.reasons ?? [];
    if (batch !== undefined && known.join('\n') !== reasons.join('\n'))
      show(withMember(batch, member.id, { reasons }));
    return 'later';
  };

  const runChanged = (run: ProcedureRun): void => {
    if (isActive(run) || run.status === 'interrupted') return;
    for (const batch of batches) {
      const member = batch.members.find(({ runId, state }) => runId === run.id && state === 'running');
      if (member === undefined) continue;
      const end = endOfMember(run);
      const next = withMember(batch, member.id, end);
      const stops = batch.whenOneFails === 'stop' && end.state === 'failed';
      keepOrLog(settled(stops ? held(next, `${member.name} was not moved.`) : next, clock.now()));
    }
    // Its hosts are its own until it is wholly over.
    void runner.finished(run.id).then(pumpSoon);
  };

  return {
    list: () => batches,
    begin(asked) {
      if (store.readOnlyReason !== null)
        return fail('read-only', store.readOnlyReason, { fix: 'Install the newer Berth.' });
      const made = newBatch(asked, batches, { fleet: deps.fleet(), clock, random: deps.random });
      if (!made.ok) return made;
      const saved = store.batches.save(deps.source(), made.value);
      if (!saved.ok) return saved;
      batches = [made.value, ...batches];
      deps.tell(made.value);
      pumpSoon();
      return made;
    },
    change(id, change) {
      const batch = find(id);
      if (batch === undefined)
        return fail('not-found', `There is no batch ${id}.`, {
          object: id,
          fix: 'See the list of migrations.',
        });
      const changed = changedBatch(batch, change, clock.now());
      if (!changed.ok) return changed;
      const saved = keep(changed.value);
      if (!saved.ok) return saved;
      if (change.kind === 'abort-all')
        // What is past its point of no return says so, and goes on.
        for (const { state, runId } of changed.value.members)
          if (state === 'running' && runId !== null) runner.abort(runId);
      pumpSoon();
      return changed;
    },
    runChanged,
    sourceOpened() {
      batches = store.batches.list(deps.source());
      for (const batch of batches) {
        if (batch.state === 'ended') continue;
        const members = batch.members.map((member) => foundAgain(member, store));
        const next = settled(held({ ...batch, members }, 'Berth ended while it was under way.'), clock.now());
        keepOrLog(next);
      }
    },
    underWay: () => batches.flatMap(({ state, title }) => (state === 'running' ? [title] : [])),
    async finished(id) {
      const batch = find(id);
      if (batch === undefined || batch.state !== 'running') return batch ?? null;
      return new Promise((resolve) => waiters.set(id, [...(waiters.get(id) ?? []), resolve]));
    },
    close() {
      isClosed = true;
      for (const resolve of [...waiters.values()].flat()) resolve(null);
    },
  };
}
