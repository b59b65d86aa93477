import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { visibleEffect } from './carry-out.ts';
import { endRun } from './end-run.ts';
import { stillToCome, stillToDo } from './fail-forward.ts';
import { settleWayBack } from './roll-back.ts';
import { withStep } from './run-state.ts';
import type { RunUnderWay, UnansweredStep } from './run-under-way.ts';
import { stepScope } from './step-scope.ts';

/**
 * What a run asked of a device was answered after the run had ended. What came of it is looked for: where the run went
 * back, it is taken back; where it could only go forward, what is left to do is told anew.
 */
export async function settleLateAnswer(active: RunUnderWay, late: UnansweredStep): Promise<void> {
  const { record, writer, unanswered } = active;
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
  record.set({
    ...record.run,
    leftovers: [
      ...stillToDo(active, late.index),
      ...[...unanswered].map((other) => stillToCome(active, other)),
    ],
  });
  return endRun(active, 'failed', record.run.error);
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
  if (source.exportState() !== null) return;
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
