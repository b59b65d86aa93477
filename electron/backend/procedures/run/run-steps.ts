import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { definitionOf } from '#shared/procedure/step.ts';
import { type BerthError, type Result, succeed } from '#shared/result.ts';
import { carryOut, isRead, visibleEffect } from './carry-out.ts';
import { endRun } from './end-run.ts';
import { failForward } from './fail-forward.ts';
import { noteDone } from './note-done.ts';
import { rollBackRun } from './roll-back.ts';
import { isPastPointOfNoReturn, withProgress, withStep } from './run-state.ts';
import { abortedByPerson, type RunUnderWay } from './run-under-way.ts';

/**
 * Runs the steps from `from` on: journal, effect, read-back, journal. A step that fails or is aborted before the point of
 * no return rolls everything back; behind it the rest is told with its command lines.
 * `resumed`: the first step may have taken effect before the program ended, so its effect is looked for first.
 */
export async function runSteps(active: RunUnderWay, from: number, mode?: 'resumed'): Promise<void> {
  const { record, observer, writer } = active;
  beginToWatch(active);
  for (let index = from; index < record.run.plan.steps.length; index += 1) {
    if (active.stop.signal.aborted) return;
    const past = isPastPointOfNoReturn(record.run, index);
    // An abort that was accepted during the step before the point of no return still counts: this step has not begun.
    if (active.abort.signal.aborted && !isPastPointOfNoReturn(record.run, index - 1))
      return rollBackRun(active, abortedByPerson);
    record.set({ ...record.run, abortable: !past });
    const done =
      mode === 'resumed' && index === from ? await resumeStep(active, index) : await runStep(active, index);
    if (done.ok) continue;
    // The program ends: the journal has the step as running, and nothing is taken back.
    if (active.stop.signal.aborted && record.run.steps[index]?.status === 'running') return;
    // The guest itself was not resumed, as its host says: it has not run there, and goes back.
    const stays = index === record.run.plan.pointOfNoReturn && hadNoEffect(active, index, done.error);
    if ((past || isPastPointOfNoReturn(record.run, index)) && !stays)
      return failForward(active, index, done.error);
    return rollBackRun(active, active.abort.signal.aborted ? abortedByPerson : done.error);
  }
  if (observer !== null) {
    const facts = await observer.end(writer.fleet);
    record.set({ ...record.run, migration: facts });
  }
  await endRun(active, 'done', null);
}

/** A migration has somebody who watches it, and who knows from the journal what was before the program was started. */
export function beginToWatch({ record, observer, writer }: RunUnderWay): void {
  if (observer === null) return;
  record.update({ ...record.run, migration: observer.begin(writer.fleet, record.run.migration) });
}

/** Nothing was done, and nothing of it can still arrive. */
function hadNoEffect({ record, writer }: RunUnderWay, index: number, { code }: BerthError): boolean {
  const step = record.run.plan.steps[index]?.step;
  if (step === undefined || code === 'device-timeout' || !isRead(step, writer.fleet)) return false;
  return definitionOf(step).mayRepeat?.(step, writer.fleet) === true;
}

async function runStep(active: RunUnderWay, index: number, mayHaveBegun = false): Promise<Result<void>> {
  const { record, writer, clock, observer } = active;
  const planned = record.run.plan.steps[index];
  if (planned === undefined) return succeed(undefined);
  const startedAt = clock.now();
  const begin = clock.microseconds();
  // Looked at before it is noted as running: whatever is then found of it is this run's own.
  const obstacles = definitionOf(planned.step).blockers(planned.step, writer.fleet);
  if (obstacles.length > 0) {
    const error: BerthError = {
      // Of a step that may have begun something may be there, which a roll-back must look for.
      code: mayHaveBegun ? 'refused' : 'conflict',
      message: obstacles[0] ?? 'The fleet has changed since this was planned.',
      object: planned.words,
      fix: 'Check the current state of the fleet, and plan the change again.',
      details: obstacles,
    };
    record.set(withStep(record.run, index, { startedAt }));
    return failStep(active, index, error, begin);
  }
  record.set(withStep(record.run, index, { status: 'running', startedAt, error: null }));
  const journalled = record.save('step-started', index);
  if (!journalled.ok) return failStep(active, index, journalled.error, begin);
  const event = { index, planned, fleet: writer.fleet, microseconds: begin };
  await observer?.beforeStep(event);
  const onlyForward = isPastPointOfNoReturn(record.run, index);
  const place = { index, direction: 'forward', mayHaveBegun, onlyForward } as const;
  const outcome = await carryOut(active, planned.step, place);
  if (!outcome.ok)
    return isLeft(active, outcome.error) ? outcome : failStep(active, index, outcome.error, begin);
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

/** What a program that ends breaks off by itself goes on after the next start. */
function isLeft({ stop, abort }: RunUnderWay, { code }: BerthError): boolean {
  return code === 'aborted' && stop.signal.aborted && !abort.signal.aborted;
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
    return proven.ok ? runStep(active, index, true) : proven;
  }
  return finishStep(active, index, effect.readBack, active.clock.microseconds());
}

function finishStep(
  active: RunUnderWay,
  index: number,
  readBack: string,
  begin: number,
): Promise<Result<void>> {
  const { record, clock } = active;
  noteDone(active, record.run.plan.steps[index]?.step);
  const durationMicroseconds = Math.max(0, clock.microseconds() - begin);
  const status = 'done' as const;
  const step = { status, readBack, durationMicroseconds, error: null };
  const done = (run: ProcedureRun) => withProgress(withStep(run, index, step), index + 1);
  return record.saveWithState(done, 'step-done', index);
}

async function failStep(
  active: RunUnderWay,
  index: number,
  error: BerthError,
  begin: number,
): Promise<Result<void>> {
  const { record, clock } = active;
  const durationMicroseconds = Math.max(0, clock.microseconds() - begin);
  const failed = (run: ProcedureRun) =>
    withStep(run, index, { status: 'failed', error, durationMicroseconds });
  const saved = await record.saveWithState(failed, 'step-failed', index);
  if (!saved.ok) active.log.error('a failed step could not be journalled', saved.error);
  return { ok: false, error };
}
