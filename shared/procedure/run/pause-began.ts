import type { ProcedureRun } from '../procedure.ts';
import { valueSetBy } from '../step-values.ts';

/**
 * When the guest of a migration can have been stopped at the earliest, on the clock of the run's steps, milliseconds: the
 * journal has it before anything is asked of a host. null: it was not asked to stop.
 */
export function pauseBegan({ plan, steps }: ProcedureRun): number | null {
  const { intent } = plan;
  if (intent.kind !== 'migrate') return null;
  const id = intent.request.virtualMachineId;
  const index = plan.steps.findIndex(({ step }) => valueSetBy(step, id, 'state') === 'paused');
  return steps[index]?.startedAt ?? null;
}
