import type { Fleet } from '#shared/fleet/schema.ts';
import type { NvmeCliGeneration } from '#shared/nvme/nvme-cli/nvme-cli-line.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { definitionOf } from '#shared/procedure/step.ts';
import { firstOpenStep, hasTakenBack, onlyGoesForward } from '#shared/procedure/step-outcome.ts';
import { foreseen, stillToDo } from '../run/fail-forward.ts';
import { mayHaveMoved } from '../run/roll-back.ts';
import { leftover, stepsToUndo } from '../run/run-state.ts';

/**
 * What an interrupted run leaves that goes neither on nor back: what it did, with the commands that take it back, last step
 * first; from its point of no return on what is still to do, because nothing may be taken back there.
 * @param fleet As it is now; null: another one is open, so no command can be told.
 */
export function leftAsItIs(
  run: ProcedureRun,
  fleet: Fleet | null,
  nvmeCli: NvmeCliGeneration,
): ProcedureRun['leftovers'] {
  // The guest may run at its destination: what resumes it at its source must not be offered. Where its way back has begun it
  // does not, and what would give the source up must not be.
  if (onlyGoesForward(run) || (mayHaveMoved(run) && !hasTakenBack(run)))
    return stillToDo(run, fleet, firstOpenStep(run));
  let now = fleet;
  return stepsToUndo(run).map(({ planned: { step, words, inverse }, isCertain }) => {
    const what = `${isCertain ? 'Done and not undone' : 'May be done, and was not undone'}: ${words}`;
    if (now === null) return leftover(what, []);
    const back = foreseen(inverse ?? [], isCertain ? now : definitionOf(step).predict(step, now), nvmeCli);
    now = back.fleet;
    return leftover(what, back.commandLines);
  });
}
