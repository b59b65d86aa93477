import type { Fleet } from '../fleet/schema.ts';
import type { ProcedureRun, StepRun } from './procedure.ts';

/**
 * A step that began and is not known to be done: it ran when the program ended, or it failed and may have taken effect all
 * the same. Where the fleet or the journal stood against it, nothing was sent; what is there then is somebody else's.
 */
export function mayBeDone({ status, error, isUndone }: StepRun): boolean {
  if (status === 'running') return true;
  return status === 'failed' && isUndone !== true && error?.code !== 'conflict' && error?.code !== 'storage';
}

/** Index of the step with which an interrupted run goes on; behind the last one when all are done. */
export function firstOpenStep({ steps }: Pick<ProcedureRun, 'steps'>): number {
  const index = steps.findIndex(({ status }) => status !== 'done');
  return index === -1 ? steps.length : index;
}

/** Indices of the steps that are carried out at the same time as this one and after it, itself first. */
export function stepsTogether({ plan }: Pick<ProcedureRun, 'plan'>, index: number): readonly number[] {
  const together = [index];
  for (let last = index; plan.steps[last]?.withNext === true; last += 1) together.push(last + 1);
  return together;
}

/**
 * The same for one that is resumed: a guest that has gone on since its memory had been copied has written much of it again, so
 * it is copied once more before the guest is stopped. `fleet`: as it is now.
 */
export function firstStepAgain(run: Pick<ProcedureRun, 'plan' | 'steps'>, fleet: Fleet): number {
  const first = firstOpenStep(run);
  const before = run.plan.steps[first - 1]?.step;
  return before?.kind === 'vm-pre-copy' && fleet.virtualMachines[before.virtualMachineId]?.state === 'running'
    ? first - 1
    : first;
}

/** It has passed its point of no return, so it only goes forward. */
export function onlyGoesForward(run: Pick<ProcedureRun, 'plan' | 'steps'>): boolean {
  const { pointOfNoReturn } = run.plan;
  return pointOfNoReturn !== null && firstOpenStep(run) > pointOfNoReturn;
}

/** Its way back has begun: from there it does not go forward any more. Records of older programs say it by their steps. */
export function goesBack(run: Pick<ProcedureRun, 'rollingBack' | 'steps'>): boolean {
  return run.rollingBack === true || hasTakenBack(run);
}

/** Its way back has taken something back, so it had been looked whether there is one. */
export function hasTakenBack({ steps }: Pick<ProcedureRun, 'steps'>): boolean {
  return steps.some(({ status }) => status === 'undone');
}
