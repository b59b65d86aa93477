import type { Fleet } from '#shared/fleet/schema.ts';
import type { Compatibility } from '#shared/migration/checks/check.ts';
import { requireAcknowledgement } from '#shared/migration/checks/compatibility.ts';
import type { SwitchOverDecision } from '#shared/migration/pre-copy/options.ts';
import { auditOfRun } from '#shared/ownership/audit.ts';
import { objectsOfRun } from '#shared/ownership/run-objects.ts';
import { type Agreed, nothingAgreed, requireAgreement } from '#shared/procedure/agreement.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import type { Plan, ProcedureRun } from '#shared/procedure/procedure.ts';
import type { Change, Proposal, Reviewed, StartAnswer } from '#shared/procedure/proposal.ts';
import type { Recovery } from '#shared/procedure/recovery/recovery.ts';
import { fleetAhead } from '#shared/procedure/run/fleet-ahead.ts';
import { stepHostIds } from '#shared/procedure/step-hosts.ts';
import { firstStepAgain, goesBack, onlyGoesForward } from '#shared/procedure/step-outcome.ts';
import type { UndoRedo } from '#shared/procedure/undo-redo.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { NotedFault } from '#shared/simulation/device-faults.ts';
import { openWhileOpening } from '../sources/opening.ts';
import type { RunHead } from '../store/run-store.ts';
import { freeFor } from './free-for.ts';
import { withRehearsal } from './plan-digest.ts';
import { otherSource, type PreparedChange, prepareChange, undoRedoIn, unknownRun } from './prepare-change.ts';
import { createProposals } from './proposals.ts';
import { leftAsItIs } from './recovery/left-as-it-is.ts';
import { letArrive, settleLateAnswer } from './run/late-answers.ts';
import { abortIfAllowed, decideSwitchOver } from './run/person-says.ts';
import { mayGoBack, mayHaveMoved, rollBackRun } from './run/roll-back.ts';
import { createRunRecord, type RunRecord } from './run/run-record.ts';
import { type AgreedRecovery, newRun, simulatedTimeOf, withRecovery } from './run/run-state.ts';
import { beginToWatch, runSteps } from './run/run-steps.ts';
import {
  hurry,
  interruptedAndLeft,
  interruptedAndRolledBack,
  type RunUnderWay,
  type UnansweredStep,
} from './run/run-under-way.ts';
import type { RunnerDependencies, RunnerSource } from './runner-dependencies.ts';

export interface ProcedureRunner {
  /** Plans a change to look at, compared with what was reviewed before. */
  propose(change: Change, reviewed?: Reviewed): Result<Proposal>;
  /**
   * Plans the change again and, where the plan does what was reviewed, journals and starts it. Otherwise the answer is
   * the plan as it is now, and nothing has happened. Refused when it cuts off a guest, or warns of something, that is not
   * in `agreed`. Planning, comparison, journal and start are one turn.
   */
  startReviewed(change: Change, reviewed: Reviewed, agreed?: Agreed): Promise<Result<StartAnswer>>;
  /** Plans and starts in one turn what nobody reviews; resolves as soon as it has started. */
  start(intent: Intent): Promise<Result<ProcedureRun>>;
  abort(runId: string): Result<void>;
  /** The same for an undo. Without an id: the last procedure that can be undone. */
  undo(runId: string | undefined): Promise<Result<ProcedureRun>>;
  /** The procedures that Undo and Redo are about on the open source. */
  undoRedo(): UndoRedo<RunHead>;
  /**
   * Lets an interrupted procedure go on, and journals what was agreed to for that. Whether a guest may go back is looked for
   * on its hosts before the answer.
   */
  recover(runId: string, how: Recovery, given?: AgreedRecovery): Promise<Result<ProcedureRun>>;
  /** Notes in the runs on these hosts what was injected while they run. */
  noteFault(noted: NotedFault): void;
  /**
   * What a person says of a migration that copies while its guest goes on; it counts after the round under way. Errors:
   * `not-found`, `refused`.
   */
  decide(runId: string, decision: SwitchOverDecision): Result<void>;
  /** Resolves when the run has ended; at once when it has. */
  finished(runId: string): Promise<ProcedureRun | null>;
  /** Runs that are under way. */
  running(): ProcedureRun[];
  /** The fleet for which a migration is planned now: with what those under way may still take. */
  migrationFleet(): Fleet;
  find(runId: string): ProcedureRun | null;
  /** Marks what the journal says was cut short, and answers it. */
  markInterrupted(): ProcedureRun[];
  /** Stops after the current steps; what is not done stays in the journal as interrupted. */
  close(): Promise<void>;
}

interface ActiveRun {
  readonly record: RunRecord;
  readonly underWay: RunUnderWay;
  readonly hostIds: ReadonlySet<string>;
  readonly finished: Promise<void>;
}

export function createProcedureRunner(deps: RunnerDependencies): ProcedureRunner {
  const active = new Map<string, ActiveRun>();
  /** Runs that have ended and wait for an answer. */
  const awaited = new Set<RunUnderWay>();
  /** Interrupted runs whose hosts are being read before they may be taken back, by id; given up when the program ends. */
  const lookedAt = new Map<string, AbortController>();
  let isClosing = false;
  const proposals = createProposals();
  const underWay = () => [...active.values()].map(({ record }) => record.run);
  const recordDeps = { ...deps, underWay };

  const migrationFleet = () => fleetAhead(deps.writer.fleet, underWay());

  const hostsOf = (plan: Plan, fleet: Fleet) =>
    new Set(plan.steps.flatMap((planned) => stepHostIds(planned.step, fleet)));

  const busy = (plan: Plan, hostIds: ReadonlySet<string>): Result<void> => {
    const taken = openWhileOpening(deps.opening()) ?? deps.occupied(hostIds);
    return taken ?? freeFor(deps.writer.fleet, { plan, hostIds }, [...active.values()].map(placeOf));
  };

  /** Registers a run whose record is on disk, and lets `work` go on in the background. */
  const launch = (
    record: RunRecord,
    hostIds: ReadonlySet<string>,
    compatibility: Compatibility | null,
    work: (underWay: RunUnderWay) => Promise<void>,
  ): void => {
    const source = deps.source();
    const underWay: RunUnderWay = {
      ...deps,
      source,
      clock: source.clock,
      record,
      observer: deps.observerFor(record.run.plan, compatibility),
      abort: new AbortController(),
      decided: { decision: null },
      stop: new AbortController(),
      endings: [],
      unanswered: new Set(),
      overtaken: new Set(),
    };
    for (const { overtaken } of awaited) for (const id of objectsOfRun(record.run)) overtaken.add(id);
    occupy(underWay, hostIds, work);
  };

  /** The hosts of a run belong to it until `work` is done, and then until what it asked for has been answered. */
  const occupy = (
    underWay: RunUnderWay,
    hostIds: ReadonlySet<string>,
    work: (underWay: RunUnderWay) => Promise<void>,
  ): void => {
    const { record, unanswered, endings } = underWay;
    const id = record.run.id;
    const finished = work(underWay)
      .catch(async (cause: unknown) => {
        deps.log.error(`run ${id} broke off`, cause);
        await record.end('failed', {
          code: 'internal',
          message: 'An internal error stopped this procedure. The steps that were done are listed.',
          fix: 'Compare the steps with the fleet, and report it with the log file.',
        });
      })
      .finally(() => {
        active.delete(id);
        for (const release of endings.splice(0)) release();
        const [late] = unanswered;
        if (late !== undefined) void settleWhenAnswered(underWay, hostIds, late);
      });
    active.set(id, { record, underWay, hostIds, finished });
  };

  const settleWhenAnswered = async (
    underWay: RunUnderWay,
    hostIds: ReadonlySet<string>,
    first: UnansweredStep,
  ): Promise<void> => {
    awaited.add(underWay);
    await Promise.race([...underWay.unanswered].map(({ answer }) => answer));
    const late = [...underWay.unanswered].find(({ isAnswered }) => isAnswered) ?? first;
    // Other procedures may have these hosts by now.
    while (!busy(underWay.record.run.plan, hostIds).ok && !isClosing)
      await Promise.race([deps.clock.sleep(1000), ...[...active.values()].map((run) => run.finished)]);
    awaited.delete(underWay);
    // What was opened anew under the same name knows nothing of what was asked before.
    if (isClosing || deps.source().connections !== underWay.source.connections) return;
    occupy(underWay, hostIds, (run) => settleLateAnswer(run, late));
  };

  const prepare = (change: Change): Result<PreparedChange> =>
    prepareChange(change, {
      fleet: deps.writer.fleet,
      migrationFleet,
      readTimes: deps.writer.readTimes,
      store: deps.store,
      sourceKey: deps.source().key,
      nvmeCli: deps.nvmeCli(),
    });

  const begin = (
    { plan, undoes, compatibility }: PreparedChange,
    agreed: Agreed = nothingAgreed,
  ): Result<ProcedureRun> => {
    if (deps.store.readOnlyReason !== null)
      return fail('read-only', deps.store.readOnlyReason, { fix: 'Install the newer Berth.' });
    const { fleet } = deps.writer;
    const hostIds = hostsOf(plan, fleet);
    const free = busy(plan, hostIds);
    if (!free.ok) return free;
    const id = `run-${deps.clock.now().toString(36)}-${Math.floor(deps.random.next() * 36 ** 6).toString(36)}`;
    const run = newRun(withRehearsal(plan, deps), {
      ...{ id, agreed },
      startedAt: deps.clock.now(),
      undoes,
      fleetName: fleet.source.name,
      simulated: fleet.source.simulated,
      ...simulatedTimeOf(deps.source().clock),
    });
    const record = createRunRecord(run, deps.source(), recordDeps);
    const saved = record.save('started');
    if (!saved.ok) return saved;
    launch(record, hostIds, compatibility, async (underWay) => {
      await runSteps(underWay, 0);
      tellUndone(record.run);
    });
    return succeed(record.run);
  };

  /** The store has marked what this run has undone; whoever looks at that hears of it. */
  const tellUndone = ({ undoes, status }: ProcedureRun) => {
    const undone = undoes === null || status !== 'done' ? null : deps.store.run(undoes);
    if (undone !== null) deps.emit('run:changed', undone.run);
  };

  /** Where the record of a run belongs. The state of the fleet that is open belongs to its own key alone. */
  const sourceOf = (key: string): RunnerSource => {
    const open = deps.source();
    return key === open.key ? open : { ...open, key, state: null };
  };

  /**
   * Reads the hosts of a migration whose guest may have moved, when nothing can be on its way to them any more: a way back
   * is promised only where there is one. Errors: `conflict`, `aborted`.
   */
  const lookForWayBack = async (
    run: ProcedureRun,
    source: RunnerSource,
    hostIds: ReadonlySet<string>,
  ): Promise<Result<void>> => {
    const stop = new AbortController();
    lookedAt.set(run.id, stop);
    try {
      await letArrive({ ...deps, source, clock: source.clock, stop }, run);
      if (!stop.signal.aborted) await deps.writer.reread([...hostIds]);
    } finally {
      lookedAt.delete(run.id);
    }
    if (stop.signal.aborted)
      return fail('aborted', 'Berth is closing, so it was not looked whether there is a way back.', {
        object: run.plan.title,
        fix: 'Roll it back after the next start.',
      });
    // Nothing keeps another source from being opened meanwhile.
    return deps.source().key === source.key ? mayGoBack(run, deps.writer.fleet) : otherSource(run);
  };

  const find = (runId: string) => active.get(runId)?.record.run ?? deps.store.run(runId)?.run ?? null;

  const startNow = async (change: Change): Promise<Result<ProcedureRun>> => {
    const prepared = prepare(change);
    return prepared.ok ? begin(prepared.value) : prepared;
  };

  return {
    find,
    propose(change, reviewed) {
      const prepared = prepare(change);
      if (!prepared.ok) return prepared;
      return succeed(proposals.propose(prepared.value.plan, deps.writer, reviewed ?? null));
    },
    // No await before the run is journalled: nothing can come between the comparison and the start.
    async startReviewed(change, reviewed, agreed = nothingAgreed) {
      const prepared = prepare(change);
      if (!prepared.ok) return prepared;
      const { plan, compatibility } = prepared.value;
      if (compatibility !== null && plan.intent.kind === 'migrate') {
        // Errors are the planner's; warnings stand against a start by a person who has not read them.
        const acknowledged = requireAcknowledgement(compatibility, plan.intent.request);
        if (!acknowledged.ok) return acknowledged;
      }
      const proposal = proposals.propose(plan, deps.writer, reviewed);
      if (proposal.changes !== null) return succeed({ outcome: 'plan-changed', proposal });
      const agreement = requireAgreement(plan, proposal.guestsCutOff, agreed);
      if (!agreement.ok) return agreement;
      const run = begin(prepared.value, agreed);
      return run.ok ? succeed({ outcome: 'started', run: run.value }) : run;
    },
    start: (intent) => startNow({ kind: 'intent', intent }),
    undoRedo: () => undoRedoIn(deps.store, deps.source().key),
    undo: (runId) => startNow({ kind: 'undo', runId }),
    abort(runId) {
      const run = active.get(runId);
      return run === undefined ? unknownRun(runId) : abortIfAllowed(run.underWay);
    },
    decide(runId, decision) {
      const run = active.get(runId);
      return run === undefined ? unknownRun(runId) : decideSwitchOver(run.underWay, decision);
    },
    async recover(runId, how, given = { agreed: nothingAgreed }) {
      const stored = deps.store.run(runId);
      if (stored === null) return unknownRun(runId);
      const run = withRecovery(stored.run, { how, at: deps.clock.now(), ...given });
      if (run.status !== 'interrupted' || active.has(runId) || lookedAt.has(runId))
        return fail('refused', 'Only an interrupted procedure can be resumed, rolled back or dismissed.', {
          object: run.plan.title,
          fix: 'Check its state in the history.',
        });
      const open = deps.source();
      if (how === 'dismiss') {
        const fleet = stored.source === open.key ? deps.writer.fleet : null;
        const leftovers = leftAsItIs(run, fleet, deps.nvmeCli());
        const record = createRunRecord({ ...run, leftovers }, sourceOf(stored.source), recordDeps);
        record.leave(interruptedAndLeft);
        return succeed(record.run);
      }
      if (stored.source !== open.key) return otherSource(run);
      // What is on its way back goes on with that, whatever it is called.
      const isWayBack = how === 'roll-back' || goesBack(run);
      if (isWayBack && onlyGoesForward(run))
        return fail('refused', 'It had passed its point of no return and can only be resumed or dismissed.', {
          object: run.plan.title,
          fix: 'Resume it.',
        });
      const hostIds = hostsOf(run.plan, deps.writer.fleet);
      const isLookedFor = isWayBack && mayHaveMoved(run);
      if (isLookedFor) {
        const back = await lookForWayBack(run, open, hostIds);
        if (!back.ok) return back;
      }
      const free = busy(run.plan, hostIds);
      if (!free.ok) return free;
      const record = createRunRecord(
        { ...run, status: 'running', endedAt: null, error: null },
        deps.source(),
        recordDeps,
      );
      const saved = record.save('recovering');
      if (!saved.ok) return saved;
      launch(record, hostIds, null, async (underWay) => {
        if (!isLookedFor) {
          await letArrive(underWay, run);
          await deps.writer.reread([...hostIds]);
        }
        if (!isWayBack) {
          await runSteps(underWay, firstStepAgain(run, deps.writer.fleet), 'resumed');
          tellUndone(record.run);
          return;
        }
        beginToWatch(underWay);
        const failed = run.steps.find(({ status }) => status === 'failed');
        await rollBackRun(underWay, failed?.error ?? interruptedAndRolledBack);
      });
      return succeed(record.run);
    },
    noteFault({ at, words, hostIds }) {
      for (const { record, hostIds: touched } of active.values()) {
        if (!hostIds.some((id) => touched.has(id))) continue;
        record.update({ ...record.run, injected: [...(record.run.injected ?? []), { at, words }] });
      }
    },
    async finished(runId) {
      await active.get(runId)?.finished;
      return find(runId);
    },
    running: underWay,
    migrationFleet,
    markInterrupted() {
      const unfinished = deps.store.unfinishedRuns().filter(({ run }) => !active.has(run.id));
      return unfinished.map(({ run, source }) => {
        if (run.status === 'interrupted') return run;
        const interrupted: ProcedureRun = {
          ...run,
          status: 'interrupted',
          abortable: false,
          undoable: false,
          audit: auditOfRun(deps.writer.fleet, { ...run, status: 'interrupted' }, underWay()),
        };
        const record = createRunRecord(interrupted, sourceOf(source), recordDeps);
        const saved = record.save('interrupted');
        if (!saved.ok) deps.log.warn('an interrupted run could not be marked', saved.error);
        return record.run;
      });
    },
    async close() {
      isClosing = true;
      for (const stop of lookedAt.values()) stop.abort();
      for (const { underWay } of active.values()) {
        underWay.stop.abort();
        hurry(underWay);
      }
      await Promise.all([...active.values()].map((run) => run.finished));
    },
  };
}

const placeOf = ({ record: { run }, hostIds }: ActiveRun) => ({
  plan: run.plan,
  hostIds,
  title: run.plan.title,
});
