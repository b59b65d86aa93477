import type { Fleet } from '#shared/fleet/schema.ts';
import type { NvmeCliGeneration } from '#shared/nvme/nvme-cli/nvme-cli-line.ts';
import { PlanBuilder } from '#shared/procedure/plan/builder.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { definitionOf, type PlannedStep, type Step } from '#shared/procedure/step.ts';
import { mayBeDone } from '#shared/procedure/step-outcome.ts';
import type { BerthError } from '#shared/result.ts';
import { visibleEffect } from './carry-out.ts';
import { endRun } from './end-run.ts';
import { leftover } from './run-state.ts';
import type { RunUnderWay, UnansweredStep } from './run-under-way.ts';

/** Behind the point of no return nothing is taken back: the person gets the rest as command lines. */
export async function failForward(active: RunUnderWay, index: number, error: BerthError): Promise<void> {
  const { record } = active;
  record.set({ ...record.run, leftovers: leftAhead(active, index) });
  await endRun(active, 'failed', error);
}

/** What a run that can only go forward leaves from this step on: what is to do, and what may still come by itself. */
export function leftAhead(active: RunUnderWay, index: number): ProcedureRun['leftovers'] {
  const { record, writer } = active;
  return [
    ...stillToDo(record.run, writer.fleet, index),
    ...[...active.unanswered].map((late) => stillToCome(active, late)),
  ];
}

/**
 * What a run leaves to do from the step on that failed or was cut short; of that one, nothing when its effect is there all
 * the same. `fleet` null: it is not open, so nobody can see that.
 */
export function stillToDo(run: ProcedureRun, fleet: Fleet | null, index: number): ProcedureRun['leftovers'] {
  const [first, ...behind] = run.plan.steps.slice(index);
  if (first === undefined) return [];
  // What a comparison stands before must not be done on its own.
  if (first.step.kind === 'migration-proof' && run.steps[index]?.status === 'failed')
    return behind.map(({ words }) => leftover(`Not before the difference is explained: ${words}`, []));
  const seen = fleet === null ? null : visibleEffect(first.step, fleet);
  const stepRun = run.steps[index];
  // A comparison that was cut short is made anew.
  const isEffect = first.step.kind !== 'migration-proof';
  const isUncertain = isEffect && seen === null && stepRun !== undefined && mayBeDone(stepRun);
  const toDo = ({ words, commandLines }: PlannedStep, what = 'Still to do') =>
    leftover(`${what}: ${words}`, commandLines);
  const rest = behind.map((planned) => toDo(planned));
  if (seen?.holds === true) return rest;
  return [toDo(first, isUncertain ? 'May be done; if it is not, still to do' : undefined), ...rest];
}

/** What was asked of a device and may still be done by it, with the lines that take it back. */
export function stillToCome(
  { record: { run }, writer: { fleet }, nvmeCli }: RunUnderWay,
  { step, index, direction }: UnansweredStep,
): ProcedureRun['leftovers'][number] {
  const { words, predict } = definitionOf(step);
  const inverse = direction === 'forward' ? (run.plan.steps[index]?.inverse ?? []) : [];
  return leftover(
    `Not answered, so it may still take effect: ${words(step, fleet)}`,
    // What they are depends on what is there then: a function that is suspended is resumed.
    foreseen(inverse, predict(step, fleet), nvmeCli()).commandLines,
  );
}

/** Steps that come one after the other: their command lines, and the fleet behind them. `fleet`: before the first one. */
export function foreseen(
  steps: readonly Step[],
  fleet: Fleet,
  nvmeCli: NvmeCliGeneration,
): { readonly commandLines: readonly string[]; readonly fleet: Fleet } {
  const builder = new PlanBuilder(fleet, { nvmeCli });
  for (const step of steps) builder.add(step, '');
  return {
    commandLines: builder.steps.flatMap(({ commandLines }) => commandLines),
    fleet: builder.fleet,
  };
}
