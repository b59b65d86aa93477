import { virtualMachineIdOf } from '#shared/fleet/ids.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { definitionOf, type Step } from '#shared/procedure/step.ts';
import type { StepEffect } from '#shared/procedure/step-definition.ts';
import { machineParts } from '#shared/procedure/steps/titles.ts';
import { type BerthError, fail, type Result, succeed } from '#shared/result.ts';
import type { Clock } from '../ports.ts';
import { endRun } from './end-run.ts';
import { performStep } from './perform/perform.ts';
import type { PerformContext, StepOutcome } from './perform/perform-context.ts';
import { remainingStep } from './remaining-step.ts';
import type { RunObserver } from './run-observer.ts';
import type { RunRecord } from './run-record.ts';
import { doneStepsInReverse, isPastPointOfNoReturn, leftover, withProgress, withStep } from './run-state.ts';
import type { RunnerDependencies, RunnerSource } from './runner-dependencies.ts';
import { stepScope } from './step-scope.ts';

/** One run under way, with what it works on. */
export interface RunUnderWay
  extends Pick<RunnerDependencies, 'writer' | 'log' | 'timeoutMilliseconds' | 'nvmeCli'> {
  /** The time of the hosts, which may be simulated. */
  readonly clock: Clock;
  readonly source: RunnerSource;
  readonly record: RunRecord;
  readonly observer: RunObserver | null;
  readonly abort: AbortController;
  /** Set when the program ends: stop before the next step and leave the rest to the journal. */
  readonly stopping: { now: boolean };
  /** Called when the run has ended. */
  readonly endings: (() => void)[];
}

const aborted: BerthError = {
  code: 'aborted',
  message: 'It was aborted as requested, and the steps already done were undone.',
};

/**
 * Runs the steps from `from` on: journal, effect, read-back, journal. A step that fails or is aborted before the point of
 * no return rolls everything back; behind it the rest is told with its command lines.
 * `resumed`: the first step may have taken effect before the program ended, so its effect is looked for first.
 */
export async function runSteps(active: RunUnderWay, from: number, mode?: 'resumed'): Promise<void> {
  const { record, observer, writer } = active;
  if (observer !== null)
    record.update({ ...record.run, migration: observer.begin(writer.fleet, record.run.migration) });
  for (let index = from; index < record.run.plan.steps.length; index += 1) {
    if (active.stopping.now) return;
    const past = isPastPointOfNoReturn(record.run, index);
    // An abort that was accepted during the step before the point of no return still counts: this step has not begun.
    if (active.abort.signal.aborted && !isPastPointOfNoReturn(record.run, index - 1))
      return rollBackRun(active, aborted);
    record.set({ ...record.run, abortable: !past });
    const done =
      mode === 'resumed' && index === from ? await resumeStep(active, index) : await runStep(active, index);
    if (done.ok) continue;
    // The guest itself was not resumed, as its host says: it has not run there, and goes back.
    const stays = index === record.run.plan.pointOfNoReturn && hadNoEffect(active, index, done.error);
    if ((past || isPastPointOfNoReturn(record.run, index)) && !stays)
      return failForward(active, index, done.error);
    return rollBackRun(active, active.abort.signal.aborted ? aborted : done.error, index);
  }
  if (observer !== null) {
    const facts = await observer.end(writer.fleet);
    record.set({ ...record.run, migration: facts });
  }
  await endRun(active, 'done', null);
}

/** Nothing was done, and nothing of it can still arrive. */
function hadNoEffect({ record, writer }: RunUnderWay, index: number, { code }: BerthError): boolean {
  const step = record.run.plan.steps[index]?.step;
  if (step === undefined || code === 'device-timeout') return false;
  return definitionOf(step).mayRepeat?.(step, writer.fleet) === true;
}

async function runStep(active: RunUnderWay, index: number): Promise<Result<void>> {
  const { record, writer, clock, observer } = active;
  const planned = record.run.plan.steps[index];
  if (planned === undefined) return succeed(undefined);
  const startedAt = clock.now();
  const begin = clock.microseconds();
  record.set(withStep(record.run, index, { status: 'running', startedAt }));
  const journalled = record.save('step-started', index);
  if (!journalled.ok) return failStep(active, index, journalled.error, begin);
  const obstacles = definitionOf(planned.step).blockers(planned.step, writer.fleet);
  if (obstacles.length > 0) {
    const error: BerthError = {
      code: 'conflict',
      message: obstacles[0] ?? 'The fleet has changed since this was planned.',
      object: planned.words,
      fix: 'Check the current state of the fleet, and plan the change again.',
      details: obstacles,
    };
    return failStep(active, index, error, begin);
  }
  const event = { index, planned, fleet: writer.fleet, microseconds: begin };
  await observer?.beforeStep(event);
  const outcome = await performAndReadBack(active, planned.step, index);
  if (!outcome.ok) return failStep(active, index, outcome.error, begin);
  if (observer !== null) {
    const after = {
      ...event,
      fleet: writer.fleet,
      microseconds: outcome.value.carriedOutAt,
      outcome: outcome.value,
    };
    const migration = await observer.afterStep(after);
    record.set({ ...record.run, migration });
  }
  return finishStep(active, index, outcome.value.readBack, begin);
}

/** The step that ran when the program ended: done when its effect is there, otherwise run again. */
async function resumeStep(active: RunUnderWay, index: number): Promise<Result<void>> {
  const planned = active.record.run.plan.steps[index];
  if (planned === undefined) return succeed(undefined);
  const effect = visibleEffect(planned.step, active.writer.fleet);
  if (effect?.holds !== true) {
    // Nothing may come between a comparison and the step that it is for, and here much may have come.
    const isProven = active.record.run.plan.steps[index - 1]?.step.kind === 'migration-proof';
    const proven = isProven ? await runStep(active, index - 1) : succeed(undefined);
    return proven.ok ? runStep(active, index) : proven;
  }
  return finishStep(active, index, effect.readBack, active.clock.microseconds());
}

/** The effect of a step as it is there now; null when a later look cannot tell, so that it is not believed but run again. */
function visibleEffect(step: Step, fleet: Fleet): StepEffect | null {
  const definition = definitionOf(step);
  return definition.sets(step).length === 0 ? null : definition.effect(step, fleet);
}

function finishStep(active: RunUnderWay, index: number, readBack: string, begin: number): Result<void> {
  const { record, clock } = active;
  const durationMicroseconds = Math.max(0, clock.microseconds() - begin);
  const status = 'done' as const;
  const run = withStep(record.run, index, { status, readBack, durationMicroseconds, error: null });
  record.set(withProgress(run, index + 1));
  return record.save('step-done', index, 'with-state');
}

function failStep(active: RunUnderWay, index: number, error: BerthError, begin: number): Result<void> {
  const { record, clock } = active;
  const durationMicroseconds = Math.max(0, clock.microseconds() - begin);
  record.set(withStep(record.run, index, { status: 'failed', error, durationMicroseconds }));
  const saved = record.save('step-failed', index, 'with-state');
  if (!saved.ok) active.log.error('a failed step could not be journalled', saved.error);
  return { ok: false, error };
}

type CarriedOut = StepOutcome & { readonly readBack: string; readonly carriedOutAt: number };

/**
 * Carries a step out and reads its effect back. What leaves a guest standing still when it fails is tried again in place,
 * as often as `pausesMilliseconds` has entries, and only while the reading shows that it had no effect.
 */
async function performAndReadBack(
  active: RunUnderWay,
  step: Step,
  index: number,
): Promise<Result<CarriedOut>> {
  const { mayRepeat } = definitionOf(step);
  const first = await attemptStep(active, step, index);
  let last = first;
  for (const [attempt, pause] of pausesMilliseconds.entries()) {
    if (last.ok || mayRepeat === undefined || active.abort.signal.aborted) break;
    const { fleet } = active.writer;
    const seen = visibleEffect(step, fleet);
    // Its completion was lost; once more would be once too often.
    if (seen?.holds === true) return succeed({ ...seen, carriedOutAt: active.clock.microseconds() });
    if (!transientCodes.has(last.error.code) || !mayRepeat(step, fleet)) break;
    await active.clock.sleep(pause, { signal: active.abort.signal, what: 'another attempt at a resume' });
    const again = await attemptStep(active, step, index);
    last = again.ok
      ? succeed({ ...again.value, readBack: `${again.value.readBack}, at attempt ${attempt + 2}` })
      : again;
  }
  return last;
}

/** Between the attempts at a step that may be repeated. */
const pausesMilliseconds = [50, 250] as const;
/** What may pass. A timeout is none of them: what was sent may still arrive. */
const transientCodes: ReadonlySet<BerthError['code']> = new Set(['device-status', 'effect-missing', 'busy']);

async function attemptStep(active: RunUnderWay, step: Step, index: number): Promise<Result<CarriedOut>> {
  const { writer, clock, source, abort, timeoutMilliseconds } = active;
  const before = writer.fleet;
  const outcome = await performStep(step, {
    fleet: before,
    connections: source.connections,
    signal: abort.signal,
    ...{ timeoutMilliseconds, clock },
    onMemorySent: (bytes) => noteMemory(active, index, bytes),
    ...(active.observer === null ? {} : { prove: proverOf(active, active.observer) }),
  });
  // Reading back takes time that is no part of what the step cost, least of all of a downtime.
  const carriedOutAt = clock.microseconds();
  const after = await writer.refresh(stepScope(step, before));
  if (!outcome.ok) return outcome;
  const definition = definitionOf(step);
  const effect = definition.effect(step, after);
  const readBack = outcome.value.proved ?? effect.readBack;
  if (effect.holds) return succeed({ ...outcome.value, readBack, carriedOutAt });
  return fail('effect-missing', `The step was accepted, but reading back shows: ${effect.readBack}.`, {
    object: definition.words(step, after),
    fix: 'Check the controller; another program may have changed it at the same time.',
  });
}

/** What was compared belongs to the run whatever comes of it: a difference is what people must see. */
function proverOf({ record }: RunUnderWay, observer: RunObserver): NonNullable<PerformContext['prove']> {
  return async (stage) => {
    const { facts, result } = await observer.prove(stage);
    record.set({ ...record.run, migration: facts });
    return result;
  };
}

/** At most ten updates a second while memory is sent. */
const memoryUpdateMicroseconds = 100_000;
const lastMemoryUpdate = new WeakMap<RunRecord, number>();

function noteMemory({ record, observer, clock }: RunUnderWay, index: number, bytes: number): void {
  if (observer === null) return;
  const now = clock.microseconds();
  const migration = observer.memorySent(bytes, now);
  // The start shows nothing new, and the first bytes must not wait for it.
  if (bytes === 0) return;
  const last = lastMemoryUpdate.get(record);
  if (last !== undefined && now - last < memoryUpdateMicroseconds) return;
  lastMemoryUpdate.set(record, now);
  const fraction = migration.memoryBytes > 0 ? bytes / migration.memoryBytes : 0;
  record.update(withProgress({ ...record.run, migration }, index, fraction));
}

/** Behind the point of no return nothing is taken back: the person gets the rest as command lines. */
async function failForward(active: RunUnderWay, index: number, error: BerthError): Promise<void> {
  const { record } = active;
  const [failed, ...behind] = record.run.plan.steps.slice(index);
  // What a comparison stands before must not be done on its own.
  const left =
    failed?.step.kind === 'migration-proof'
      ? behind.map(({ words }) => leftover(`Not before the difference is explained: ${words}`, []))
      : record.run.plan.steps
          .slice(index)
          .map((planned) => leftover(`Still to do: ${planned.words}`, planned.commandLines));
  record.set({ ...record.run, leftovers: left });
  await endRun(active, 'failed', error);
}

/** Runs the inverses of everything that was done, last step first, and tells what could not be taken back. */
export async function rollBackRun(
  active: RunUnderWay,
  cause: BerthError,
  failedIndex?: number,
): Promise<void> {
  const { record, writer } = active;
  record.set({ ...record.run, abortable: false });
  if (runsAtDestination(record.run, writer.fleet))
    return failForward(active, record.run.plan.pointOfNoReturn ?? 0, alreadyMoved);
  const toUndo = doneStepsInReverse(record.run);
  const failed = failedIndex === undefined ? undefined : record.run.plan.steps[failedIndex];
  // Nothing was sent when the fleet or the journal stood against the step; what is there is somebody else's.
  const wasSent = cause.code !== 'conflict' && cause.code !== 'storage';
  // A step may fail and still have taken effect, for example when its completion was lost.
  if (wasSent && failedIndex !== undefined && failed !== undefined && tookEffect(failed.step, active))
    toUndo.unshift({ index: failedIndex, planned: failed, inverse: failed.inverse });
  const leftovers: ProcedureRun['leftovers'] = [];
  for (const { index, planned, inverse } of toUndo) {
    if (active.stopping.now) return;
    if (inverse === null) {
      leftovers.push(leftover(`Cannot be undone: ${planned.words}`, []));
      continue;
    }
    let complete = true;
    for (const step of inverse) {
      const undone = await undoStep(active, step, index);
      if (undone.ok) continue;
      complete = false;
      leftovers.push(remainingStep(step, undone.error, writer.fleet, active.nvmeCli()));
    }
    if (!complete) continue;
    if (index !== failedIndex) record.set(withStep(record.run, index, { status: 'undone' }));
    const saved = record.save('step-undone', index, 'with-state');
    if (!saved.ok) active.log.error('an undone step could not be journalled', saved.error);
  }
  record.set({ ...record.run, leftovers });
  if (active.observer !== null) {
    const migration = await active.observer.rolledBack(writer.fleet);
    record.set({ ...record.run, migration });
  }
  await endRun(active, leftovers.length === 0 ? 'rolled-back' : 'failed', cause);
}

/** Two of one guest must never run: what runs at the destination is not resumed at its source. */
const alreadyMoved: BerthError = {
  code: 'conflict',
  message: 'The guest is running at the destination, so it was not taken back.',
  fix: 'Compare both sides, then clean up the source, or pause the guest at the destination and resume it at its source.',
};

function runsAtDestination({ plan: { intent } }: ProcedureRun, fleet: Fleet): boolean {
  if (intent.kind !== 'migrate') return false;
  const { virtualMachineId, destinationHostId } = intent.request;
  const there = virtualMachineIdOf(destinationHostId, machineParts(virtualMachineId).name);
  return fleet.virtualMachines[there]?.state === 'running';
}

function tookEffect(step: Step, { writer }: RunUnderWay): boolean {
  return visibleEffect(step, writer.fleet)?.holds === true;
}

async function undoStep(active: RunUnderWay, step: Step, index: number): Promise<Result<void>> {
  if (tookEffect(step, active)) return succeed(undefined);
  // Rolling back must not be stopped by the abort that caused it.
  const calm = { ...active, abort: new AbortController() };
  const outcome = await performAndReadBack(calm, step, index);
  return outcome.ok ? succeed(undefined) : outcome;
}
