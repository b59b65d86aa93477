import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { definitionOf } from '#shared/procedure/step.ts';
import { firstOpenStep } from '#shared/procedure/step-outcome.ts';
import { visibleEffect } from './carry-out.ts';
import { endRun } from './end-run.ts';
import { leftAhead, stillToCome } from './fail-forward.ts';
import { settleWayBack } from './roll-back.ts';
import { leftover, withStep } from './run-state.ts';
import { isOvertaken, type RunUnderWay, type UnansweredStep } from './run-under-way.ts';
import { stepScope } from './step-scope.ts';

/**
 * What a run asked of a device was answered after the run had ended. What came of it is looked for: where the run went
 * back, it is taken back; where it could only go forward, what is left to do is told anew.
 */
export async function settleLateAnswer(active: RunUnderWay, late: UnansweredStep): Promise<void> {
  const { record, writer, unanswered } = active;
  if (isOvertaken(active, late.step)) return tellOvertaken(active, late);
  if (record.run.rollingBack === true) {
    const left = await settleWayBack(active, new Map());
    if (left === null) return;
    record.set({ ...record.run, leftovers: left });
    return endRun(active, left.length === 0 ? 'rolled-back' : 'failed', record.run.error);
  }
  unanswered.delete(late);
  await writer.refresh(stepScope(late.step, writer.fleet, 'everything'));
  if (record.run.status === 'done') return;
  const effect = visibleEffect(late.step, writer.fleet);
  if (effect?.holds === true)
    record.set(withStep(record.run, late.index, { readBack: `It was done late: ${effect.readBack}` }));
  record.set({ ...record.run, leftovers: leftAhead(active, firstOpenStep(record.run)) });
  return endRun(active, 'failed', record.run.error);
}

/** What another procedure has made since is not touched: what took effect late is only said. */
async function tellOvertaken(active: RunUnderWay, late: UnansweredStep): Promise<void> {
  const { record, writer, unanswered } = active;
  const told = stillToCome(active, late);
  unanswered.delete(late);
  await writer.refresh(stepScope(late.step, writer.fleet, 'everything'));
  const isThere = visibleEffect(late.step, writer.fleet)?.holds !== false;
  const { run } = record;
  const others = run.leftovers.filter(({ what }) => what !== told.what);
  const words = definitionOf(late.step).words(late.step, writer.fleet);
  const what = `It may have taken effect late, and was left because another procedure has changed the same objects since: ${words}`;
  const left = isThere ? [...others, leftover(what, told.commandLines)] : others;
  record.set({ ...run, leftovers: left });
  const isBack = run.rollingBack === true && left.length === 0;
  return endRun(active, isBack ? 'rolled-back' : 'failed', run.error);
}

/**
 * After a restart: what a step had asked for when the program ended may still be on its way. Nothing is believed before
 * the time for its answer has passed. Devices that are simulated inside the program ended with it.
 */
export async function letArrive(
  {
    clock,
    source,
    stop,
    timeoutMilliseconds,
  }: Pick<RunUnderWay, 'clock' | 'source' | 'stop' | 'timeoutMilliseconds'>,
  { steps, rollingBack }: ProcedureRun,
): Promise<void> {
  if (source.state !== null) return;
  const begun = steps.flatMap(({ status, startedAt }) => (status === 'running' ? (startedAt ?? []) : []));
  // When a step of the way back began is not noted.
  if (rollingBack === true) begun.push(clock.now());
  // As long as an answer is waited for, and once more for one that is late.
  const longest = 2 * timeoutMilliseconds;
  const left = Math.max(0, ...begun) + longest - clock.now();
  if (begun.length === 0 || left <= 0) return;
  const wait = Math.min(left, longest);
  await clock.sleep(wait, { signal: stop.signal, what: 'what the last step asked for' });
}
