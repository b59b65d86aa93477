import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import type { Step } from '#shared/procedure/step.ts';
import { type StepEffect, stepEffect } from '#shared/procedure/step-effect.ts';
import { stepPreconditions } from '#shared/procedure/step-preconditions.ts';
import { stepWords } from '#shared/procedure/step-words.ts';
import { type BerthError, fail, type Result, succeed } from '#shared/result.ts';
import type { Clock } from '../ports.ts';
import { executeStep, type StepOutcome } from './execute-step.ts';
import { remainingStep } from './remaining-step.ts';
import type { RunObserver } from './run-observer.ts';
import type { RunRecord } from './run-record.ts';
import { doneStepsInReverse, isPastReturn, leftover, withProgress, withStep } from './run-state.ts';
import type { RunnerDependencies, RunnerSource } from './runner.ts';
import { stepScope } from './step-scope.ts';

/** One run under way. */
export interface Drive extends Pick<RunnerDependencies, 'writer' | 'log' | 'timeoutMilliseconds'> {
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
  message: 'It was aborted on request; what had been done was taken back.',
};

/**
 * Runs the steps from `from` on: journal, effect, read-back, journal. A step that fails or is aborted before the point of
 * no return rolls everything back; behind it the rest is told with its command lines.
 * `resumed`: the first step may have taken effect before the program ended, so its effect is looked for first.
 */
export async function driveRun(drive: Drive, from: number, mode?: 'resumed'): Promise<void> {
  const { record, observer, writer } = drive;
  if (observer !== null)
    record.update({ ...record.run, migration: observer.begin(writer.fleet, record.run.migration) });
  for (let index = from; index < record.run.plan.steps.length; index += 1) {
    if (drive.stopping.now) return;
    const past = isPastReturn(record.run, index);
    // An abort that was accepted during the step before the point of no return still counts: this step has not begun.
    if (drive.abort.signal.aborted && !isPastReturn(record.run, index - 1))
      return rollBackRun(drive, aborted);
    record.set({ ...record.run, abortable: !past });
    const done =
      mode === 'resumed' && index === from ? await resumeStep(drive, index) : await runStep(drive, index);
    if (done.ok) continue;
    if (past || isPastReturn(record.run, index)) return failForward(drive, index, done.error);
    return rollBackRun(drive, drive.abort.signal.aborted ? aborted : done.error, index);
  }
  if (observer !== null) {
    const facts = await observer.end(writer.fleet);
    record.set({ ...record.run, migration: facts });
  }
  record.end('done', null);
}

async function runStep(drive: Drive, index: number): Promise<Result<void>> {
  const { record, writer, clock, observer } = drive;
  const planned = record.run.plan.steps[index];
  if (planned === undefined) return succeed(undefined);
  const startedAt = clock.now();
  const begin = clock.microseconds();
  record.set(withStep(record.run, index, { status: 'running', startedAt }));
  const journalled = record.save('step-started', index);
  if (!journalled.ok) return failStep(drive, index, journalled.error, begin);
  const obstacles = stepPreconditions(planned.step, writer.fleet);
  if (obstacles.length > 0) {
    const error: BerthError = {
      code: 'conflict',
      message: obstacles[0] ?? 'The fleet changed since this was planned.',
      object: planned.words,
      fix: 'Look at the fleet as it is now, and plan the change again.',
      details: obstacles,
    };
    return failStep(drive, index, error, begin);
  }
  const event = { index, planned, fleet: writer.fleet, microseconds: begin };
  await observer?.beforeStep(event);
  const outcome = await performStep(drive, planned.step, index);
  if (!outcome.ok) return failStep(drive, index, outcome.error, begin);
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
  return finishStep(drive, index, outcome.value.readBack, begin);
}

/** The step that ran when the program ended: done when its effect is there, otherwise run again. */
async function resumeStep(drive: Drive, index: number): Promise<Result<void>> {
  const planned = drive.record.run.plan.steps[index];
  if (planned === undefined) return succeed(undefined);
  const effect = stepEffect(planned.step, drive.writer.fleet);
  if (!effect.holds || leavesNoTrace(planned.step)) return runStep(drive, index);
  return finishStep(drive, index, effect.readBack, drive.clock.microseconds());
}

/** Steps whose effect a later look cannot tell: they are run again rather than believed. */
function leavesNoTrace(step: Step): boolean {
  switch (step.kind) {
    case 'function-level-reset':
    case 'controller-reset':
    case 'subsystem-reset':
    case 'primary-allocate':
    case 'vm-send-memory':
    case 'vfio-transfer-state':
      return true;
    default:
      return false;
  }
}

function finishStep(drive: Drive, index: number, readBack: string, begin: number): Result<void> {
  const { record, clock } = drive;
  const durationMicroseconds = Math.max(0, clock.microseconds() - begin);
  const status = 'done' as const;
  const run = withStep(record.run, index, { status, readBack, durationMicroseconds, error: null });
  record.set(withProgress(run, index + 1));
  return record.save('step-done', index, 'with-state');
}

function failStep(drive: Drive, index: number, error: BerthError, begin: number): Result<void> {
  const { record, clock } = drive;
  const durationMicroseconds = Math.max(0, clock.microseconds() - begin);
  record.set(withStep(record.run, index, { status: 'failed', error, durationMicroseconds }));
  const saved = record.save('step-failed', index, 'with-state');
  if (!saved.ok) drive.log.error('a failed step could not be journalled', saved.error);
  return { ok: false, error };
}

/** Carries a step out and reads its effect back. */
async function performStep(
  drive: Drive,
  step: Step,
  index: number,
): Promise<Result<StepOutcome & { readonly readBack: string; readonly carriedOutAt: number }>> {
  const { writer, clock, source, abort, timeoutMilliseconds } = drive;
  const before = writer.fleet;
  const outcome = await executeStep(step, {
    fleet: before,
    connections: source.connections,
    signal: abort.signal,
    ...{ timeoutMilliseconds, clock },
    onMemorySent: (bytes) => noteMemory(drive, index, bytes),
  });
  // Reading back takes time that is no part of what the step cost, least of all of a downtime.
  const carriedOutAt = clock.microseconds();
  const after = await writer.refresh(stepScope(step, before));
  if (!outcome.ok) return outcome;
  const effect: StepEffect = stepEffect(step, after);
  if (effect.holds) return succeed({ ...outcome.value, readBack: effect.readBack, carriedOutAt });
  return fail('effect-missing', `The step was accepted, but reading back shows: ${effect.readBack}.`, {
    object: stepWords(step, after),
    fix: 'Look at the controller; another program may have changed it at the same time.',
  });
}

/** At most ten updates a second while memory is sent. */
const memoryUpdateMicroseconds = 100_000;
const lastMemoryUpdate = new WeakMap<RunRecord, number>();

function noteMemory({ record, observer, clock }: Drive, index: number, bytes: number): void {
  if (observer === null) return;
  const now = clock.microseconds();
  const migration = observer.memorySent(bytes, now);
  const last = lastMemoryUpdate.get(record);
  if (last !== undefined && now - last < memoryUpdateMicroseconds) return;
  lastMemoryUpdate.set(record, now);
  const fraction = migration.memoryBytes > 0 ? bytes / migration.memoryBytes : 0;
  record.update(withProgress({ ...record.run, migration }, index, fraction));
}

/** Behind the point of no return nothing is taken back: the person gets the rest as command lines. */
function failForward({ record }: Drive, index: number, error: BerthError): void {
  const left = record.run.plan.steps
    .slice(index)
    .map((planned) => leftover(`Still to do: ${planned.words}`, planned.commandLines));
  record.set({ ...record.run, leftovers: left });
  record.end('failed', error);
}

/** Runs the inverses of everything that was done, last step first, and tells what could not be taken back. */
export async function rollBackRun(drive: Drive, cause: BerthError, failedIndex?: number): Promise<void> {
  const { record, writer } = drive;
  record.set({ ...record.run, abortable: false });
  const release = drive.clock.hurry?.('while-paused');
  if (release !== undefined) drive.endings.push(release);
  const toUndo = doneStepsInReverse(record.run);
  const failed = failedIndex === undefined ? undefined : record.run.plan.steps[failedIndex];
  // Nothing was sent when the fleet or the journal stood against the step; what is there is somebody else's.
  const wasSent = cause.code !== 'conflict' && cause.code !== 'storage';
  // A step may fail and still have taken effect, for example when its completion was lost.
  if (wasSent && failedIndex !== undefined && failed !== undefined && tookEffect(failed.step, drive))
    toUndo.unshift({ index: failedIndex, planned: failed, inverse: failed.inverse });
  const leftovers: ProcedureRun['leftovers'] = [];
  for (const { index, planned, inverse } of toUndo) {
    if (drive.stopping.now) return;
    if (inverse === null) {
      leftovers.push(leftover(`Cannot be undone: ${planned.words}`, []));
      continue;
    }
    let complete = true;
    for (const step of inverse) {
      const undone = await undoStep(drive, step, index);
      if (undone.ok) continue;
      complete = false;
      leftovers.push(remainingStep(step, undone.error, writer.fleet));
    }
    if (!complete) continue;
    if (index !== failedIndex) record.set(withStep(record.run, index, { status: 'undone' }));
    const saved = record.save('step-undone', index, 'with-state');
    if (!saved.ok) drive.log.error('an undone step could not be journalled', saved.error);
  }
  record.set({ ...record.run, leftovers });
  if (drive.observer !== null) {
    const migration = await drive.observer.rolledBack(writer.fleet);
    record.set({ ...record.run, migration });
  }
  record.end(leftovers.length === 0 ? 'rolled-back' : 'failed', cause);
}

function tookEffect(step: Step, { writer }: Drive): boolean {
  return !leavesNoTrace(step) && stepEffect(step, writer.fleet).holds;
}

async function undoStep(drive: Drive, step: Step, index: number): Promise<Result<void>> {
  const isThere = !leavesNoTrace(step) && stepEffect(step, drive.writer.fleet).holds;
  if (isThere) return succeed(undefined);
  // Rolling back must not be stopped by the abort that caused it.
  const calm = { ...drive, abort: new AbortController() };
  const outcome = await performStep(calm, step, index);
  return outcome.ok ? succeed(undefined) : outcome;
}
