import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { definitionOf } from '#shared/procedure/step.ts';
import { stepsTogether } from '#shared/procedure/step-outcome.ts';
import type { BerthError } from '#shared/result.ts';
import { carryOut, isRead, visibleEffect } from './carry-out.ts';
import { endRun } from './end-run.ts';
import { failForward } from './fail-forward.ts';
import { noteDone } from './note-done.ts';
import { rollBackRun } from './roll-back.ts';
import { isPastPointOfNoReturn, withProgress, withStep } from './run-state.ts';
import { abortedByPerson, type RunUnderWay } from './run-under-way.ts';
import { readBackTogether } from './step-scope.ts';

/**
 * Runs the steps from `from` on: journal, effect, read-back, journal. Steps that go together run at the same time. One that
 * fails or is aborted before the point of no return rolls everything back; behind it the rest is told with its command lines.
 * `resumed`: the first step, and those that ran together with it, may have taken effect before the program ended, so that is
 * looked for first.
 */
export async function runSteps(active: RunUnderWay, from: number, mode?: 'resumed'): Promise<void> {
  const { record, observer, writer } = active;
  beginToWatch(active);
  let alone = mode === 'resumed';
  for (let index = from; index < record.run.plan.steps.length; ) {
    if (active.stop.signal.aborted) return;
    const past = isPastPointOfNoReturn(record.run, index);
    // An abort that was accepted during the step before the point of no return still counts: this step has not begun.
    if (active.abort.signal.aborted && !isPastPointOfNoReturn(record.run, index - 1))
      return rollBackRun(active, abortedByPerson);
    record.set({ ...record.run, abortable: !past });
    // What ran when the program ended is looked for one by one.
    const isCutShort = alone && (index === from || record.run.steps[index]?.status === 'running');
    alone = isCutShort;
    const together = isCutShort ? [index] : stepsTogether(record.run, index);
    const ended = isCutShort ? await resumeStep(active, index) : await runTogether(active, together);
    index += together.length;
    if (ended.ok) continue;
    const { failed, error } = ended;
    // The program ends: the journal has the step as running, and nothing is taken back.
    if (active.stop.signal.aborted && record.run.steps[failed]?.status === 'running') return;
    // The guest itself was not resumed, as its host says: it has not run there, and goes back.
    const stays = failed === record.run.plan.pointOfNoReturn && hadNoEffect(active, failed, error);
    if ((past || isPastPointOfNoReturn(record.run, failed)) && !stays)
      return failForward(active, failed, error);
    return rollBackRun(active, active.abort.signal.aborted ? abortedByPerson : error);
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

/** What became of steps that were carried out at the same time: all done, or the first one that was not. */
type Ended =
  | { readonly ok: true }
  | { readonly ok: false; readonly failed: number; readonly error: BerthError };

function runStep(active: RunUnderWay, index: number, mayHaveBegun: boolean): Promise<Ended> {
  return runTogether(active, [index], mayHaveBegun);
}

/** Carries out steps of which none needs another: journalled, read back and journalled together. */
async function runTogether(
  active: RunUnderWay,
  indices: readonly number[],
  mayHaveBegun = false,
): Promise<Ended> {
  const { record, writer, clock, observer } = active;
  const startedAt = clock.now();
  const begin = clock.microseconds();
  const steps = indices.flatMap((index) => {
    const planned = record.run.plan.steps[index];
    return planned === undefined ? [] : [{ index, planned }];
  });
  // Looked at before they are noted as running: whatever is then found of them is this run's own.
  for (const { index, planned } of steps) {
    const obstacles = definitionOf(planned.step).blockers(planned.step, writer.fleet);
    if (obstacles.length === 0) continue;
    record.set(withStep(record.run, index, { startedAt }));
    const error: BerthError = {
      // Of a step that may have begun something may be there, which a roll-back must look for.
      code: mayHaveBegun ? 'refused' : 'conflict',
      message: obstacles[0] ?? 'The fleet has changed since this was planned.',
      object: planned.words,
      fix: 'Check the current state of the fleet, and plan the change again.',
      details: obstacles,
    };
    return failSteps(active, [{ index, error }], begin);
  }
  for (const { index } of steps)
    record.set(withStep(record.run, index, { status: 'running', startedAt, error: null }));
  const journalled = record.save('step-started', ...indices);
  if (!journalled.ok)
    return failSteps(
      active,
      indices.map((index) => ({ index, error: journalled.error })),
      begin,
    );
  const before = writer.fleet;
  for (const { index, planned } of steps)
    await observer?.beforeStep({ index, planned, fleet: before, microseconds: begin });
  const readBack = steps.length > 1 ? { readBack: readBackTogether(writer, steps.length) } : {};
  const outcomes = await Promise.all(
    steps.map(async ({ index, planned }) => {
      const onlyForward = isPastPointOfNoReturn(record.run, index);
      const place = { index, direction: 'forward', mayHaveBegun, onlyForward, ...readBack } as const;
      return { index, planned, outcome: await carryOut(active, planned.step, place) };
    }),
  );
  const done: { readonly index: number; readonly readBack: string }[] = [];
  const failed: { readonly index: number; readonly error: BerthError }[] = [];
  for (const { index, planned, outcome } of outcomes) {
    if (!outcome.ok) {
      failed.push({ index, error: outcome.error });
      continue;
    }
    done.push({ index, readBack: outcome.value.readBack });
    if (observer === null) continue;
    const migration = await observer.afterStep({
      ...{ index, planned, fleet: writer.fleet, outcome: outcome.value },
      microseconds: outcome.value.carriedOutAt,
    });
    record.set({ ...record.run, migration });
  }
  if (done.length > 0) {
    const finished = await finishSteps(active, done, begin);
    if (!finished.ok) return finished;
  }
  const [left] = failed.filter(({ error }) => isLeft(active, error));
  if (left !== undefined) return { ok: false, failed: left.index, error: left.error };
  return failed.length === 0 ? { ok: true } : failSteps(active, failed, begin);
}

/** What a program that ends breaks off by itself goes on after the next start. */
function isLeft({ stop, abort }: RunUnderWay, { code }: BerthError): boolean {
  return code === 'aborted' && stop.signal.aborted && !abort.signal.aborted;
}

/** The step that ran when the program ended: done when its effect is there, otherwise run again. */
async function resumeStep(active: RunUnderWay, index: number): Promise<Ended> {
  const planned = active.record.run.plan.steps[index];
  if (planned === undefined) return { ok: true };
  const effect = visibleEffect(planned.step, active.writer.fleet);
  if (effect?.holds !== true) {
    // Nothing may come between a comparison and the step that it is for, and here much may have come.
    const isProven = active.record.run.plan.steps[index - 1]?.step.kind === 'migration-proof';
    const proven: Ended = isProven ? await runStep(active, index - 1, false) : { ok: true };
    return proven.ok ? runStep(active, index, true) : proven;
  }
  return finishSteps(active, [{ index, readBack: effect.readBack }], active.clock.microseconds());
}

async function finishSteps(
  active: RunUnderWay,
  steps: readonly { readonly index: number; readonly readBack: string }[],
  begin: number,
): Promise<Ended> {
  const { record, clock } = active;
  for (const { index } of steps) noteDone(active, record.run.plan.steps[index]?.step);
  const durationMicroseconds = Math.max(0, clock.microseconds() - begin);
  const last = Math.max(...steps.map(({ index }) => index));
  const done = (run: ProcedureRun) =>
    withProgress(
      steps.reduce(
        (next, { index, readBack }) =>
          withStep(next, index, { status: 'done', readBack, durationMicroseconds, error: null }),
        run,
      ),
      last + 1,
    );
  const saved = await record.saveWithState(done, 'step-done', ...steps.map(({ index }) => index));
  return saved.ok ? { ok: true } : { ok: false, failed: steps[0]?.index ?? last, error: saved.error };
}

async function failSteps(
  active: RunUnderWay,
  steps: readonly { readonly index: number; readonly error: BerthError }[],
  begin: number,
): Promise<Ended> {
  const { record, clock } = active;
  const durationMicroseconds = Math.max(0, clock.microseconds() - begin);
  const failed = (run: ProcedureRun) =>
    steps.reduce(
      (next, { index, error }) => withStep(next, index, { status: 'failed', error, durationMicroseconds }),
      run,
    );
  const saved = await record.saveWithState(failed, 'step-failed', ...steps.map(({ index }) => index));
  if (!saved.ok) active.log.error('a failed step could not be journalled', saved.error);
  const [first] = steps;
  if (first === undefined) throw new Error('nothing failed');
  return { ok: false, failed: first.index, error: first.error };
}
