import { z } from 'zod';
import {
  type ProcedureRun,
  planSchema,
  procedureRunSchema,
  stepRunSchema,
  waitingStep,
} from '../procedure.ts';

/**
 * What changed of a run since it was told last: all of it that is small, and of its steps those that changed. A run of
 * thousands of steps is told often.
 */
export const runChangeSchema = procedureRunSchema.omit({ plan: true, steps: true }).extend({
  /** With the first message about a run under way; it never changes. */
  plan: planSchema.optional(),
  changedSteps: z.array(z.object({ index: z.number().int().min(0), step: stepRunSchema })),
});
export type RunChange = z.infer<typeof runChangeSchema>;

/** What to tell of a run. `before`: as it was told last; null: it was not, and every step that is not waiting is told. */
export function runChange(run: ProcedureRun, before: ProcedureRun | null, withPlan: boolean): RunChange {
  const { plan, steps, ...rest } = run;
  const changedSteps = steps.flatMap((step, index) => {
    const isTold = before === null ? isWaiting(step) : before.steps[index] === step;
    return isTold ? [] : [{ index, step }];
  });
  return { ...rest, ...(withPlan ? { plan } : {}), changedSteps };
}

function isWaiting(step: ProcedureRun['steps'][number]): boolean {
  return JSON.stringify(step) === JSON.stringify(waitingStep);
}

/** The run as it is now. `known`: as it was before; null where neither that nor the plan is known. */
export function applyRunChange(known: ProcedureRun | undefined, change: RunChange): ProcedureRun | null {
  const { plan = known?.plan, changedSteps, ...rest } = change;
  if (plan === undefined) return null;
  // A message with the plan tells every step that is not waiting.
  const steps =
    change.plan === undefined && known !== undefined ? [...known.steps] : plan.steps.map(() => waitingStep);
  for (const { index, step } of changedSteps) steps[index] = step;
  return { ...rest, plan, steps };
}
