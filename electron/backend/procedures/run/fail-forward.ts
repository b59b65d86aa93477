import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { definitionOf } from '#shared/procedure/step.ts';
import type { BerthError } from '#shared/result.ts';
import { visibleEffect } from './carry-out.ts';
import { endRun } from './end-run.ts';
import { leftover } from './run-state.ts';
import type { RunUnderWay, UnansweredStep } from './run-under-way.ts';

/** Behind the point of no return nothing is taken back: the person gets the rest as command lines. */
export async function failForward(active: RunUnderWay, index: number, error: BerthError): Promise<void> {
  const { record } = active;
  const leftovers = [
    ...stillToDo(active, index),
    ...[...active.unanswered].map((late) => stillToCome(active, late)),
  ];
  record.set({ ...record.run, leftovers });
  await endRun(active, 'failed', error);
}

/** What a run leaves to do from the step that failed on; of that one, nothing when its effect is there all the same. */
export function stillToDo(
  { record: { run }, writer: { fleet } }: RunUnderWay,
  index: number,
): ProcedureRun['leftovers'] {
  const [failed, ...behind] = run.plan.steps.slice(index);
  if (failed === undefined) return [];
  // What a comparison stands before must not be done on its own.
  if (failed.step.kind === 'migration-proof')
    return behind.map(({ words }) => leftover(`Not before the difference is explained: ${words}`, []));
  const isThere = visibleEffect(failed.step, fleet)?.holds === true;
  return (isThere ? behind : [failed, ...behind]).map(({ words, commandLines }) =>
    leftover(`Still to do: ${words}`, commandLines),
  );
}

/** What was asked of a device and may still be done by it, with the lines that take it back. */
export function stillToCome(
  { record: { run }, writer: { fleet }, nvmeCli }: RunUnderWay,
  { step, index, direction }: UnansweredStep,
): ProcedureRun['leftovers'][number] {
  const words = definitionOf(step).words(step, fleet);
  const lines = { fleet, nvmeCli: nvmeCli() };
  const inverse = direction === 'forward' ? (run.plan.steps[index]?.inverse ?? []) : [];
  return leftover(
    `Not answered, so it may still take effect: ${words}`,
    inverse.flatMap((back) => definitionOf(back).commandLines(back, lines)),
  );
}
