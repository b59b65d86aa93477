import type { Fleet } from '#shared/fleet/schema.ts';
import { functionAddress } from '#shared/fleet/selectors.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import type { Step } from '#shared/procedure/step.ts';
import { stepCommandLines } from '#shared/procedure/step-command-lines.ts';
import { stepWords } from '#shared/procedure/step-words.ts';
import type { BerthError } from '#shared/result.ts';
import { leftover } from './run-state.ts';

/**
 * What a step of the way back leaves that failed, with the command lines that would do it. A step on a function that is
 * gone has none: there is no path to write to, and whatever the function held went with it.
 */
export function remainingStep(
  step: Step,
  error: BerthError,
  fleet: Fleet,
): ProcedureRun['leftovers'][number] {
  const words = stepWords(step, fleet);
  return isOnLostFunction(step, fleet)
    ? leftover(
        `${words}: the function is gone, and what it held with it. Nothing is left to reset there.`,
        [],
      )
    : leftover(`${words}: ${error.message}`, stepCommandLines(step, fleet));
}

function isOnLostFunction(step: Step, fleet: Fleet): boolean {
  if (step.kind !== 'function-level-reset') return false;
  const controller = fleet.controllers[step.controllerId];
  return controller === undefined || functionAddress(controller) === null;
}
