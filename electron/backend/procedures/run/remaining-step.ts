import type { Fleet } from '#shared/fleet/schema.ts';
import { functionAddress } from '#shared/fleet/selectors.ts';
import type { NvmeCliGeneration } from '#shared/nvme/nvme-cli/nvme-cli-line.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { definitionOf, type Step } from '#shared/procedure/step.ts';
import type { BerthError } from '#shared/result.ts';
import { leftover } from './run-state.ts';

/**
 * What a step of the way back leaves that failed, with the command lines that would do it. A reset of a function that is
 * gone has none: there is no path to write to, and whatever the function held went with it.
 */
export function remainingStep(
  step: Step,
  error: BerthError,
  fleet: Fleet,
  nvmeCli: NvmeCliGeneration,
): ProcedureRun['leftovers'][number] {
  const definition = definitionOf(step);
  const words = definition.words(step, fleet);
  return resetsLostFunction(step, fleet)
    ? leftover(
        `${words}: the function and everything it held no longer exist, so nothing is left to reset.`,
        [],
      )
    : leftover(`${words}: ${error.message}`, definition.commandLines(step, { fleet, nvmeCli }));
}

function resetsLostFunction(step: Step, fleet: Fleet): boolean {
  const controllerId = definitionOf(step).resets?.(step);
  if (controllerId === undefined) return false;
  const controller = fleet.controllers[controllerId];
  return controller === undefined || functionAddress(controller) === null;
}
