import type { Fleet } from '../../fleet/schema.ts';
import type { Result } from '../../result.ts';
import { functionIdOf } from '../function-steps.ts';
import type { Plan, ProcedureRun } from '../procedure.ts';
import type { Step } from '../step.ts';
import { stepEffect } from '../step-effect.ts';
import { stepTarget } from '../step-target.ts';
import { PlanBuilder, refusal } from './builder.ts';

type Undoable = Pick<ProcedureRun, 'plan' | 'steps' | 'status' | 'undoneBy' | 'undoes'>;

/** Why a run can never be undone, whatever the fleet looks like now; empty when it can. */
export function undoBlockers(run: Undoable): string[] {
  if (run.undoes !== null) return ['It is an undo itself; run the original change again instead.'];
  if (run.undoneBy !== null) return ['It was undone already.'];
  if (run.status !== 'done') return ['Only a procedure that ran to its end can be undone.'];
  if (run.plan.pointOfNoReturn !== null)
    return ['It passed its point of no return. Migrate back instead: that is a new migration.'];
  return run.plan.steps
    .filter((planned, index) => planned.inverse === null && run.steps[index]?.status === 'done')
    .map((planned) => `“${planned.words}” cannot be undone.`);
}

/**
 * The procedure of the inverses, last step first. Refused when the fleet moved on: when what the run did is no longer
 * there, or when a step back is not possible any more.
 */
export function planUndo(fleet: Fleet, run: Undoable): Result<Plan> {
  const title = `Undo: ${run.plan.title}`;
  const never = undoBlockers(run);
  if (never.length > 0) return refusal(title, never);
  const done = run.plan.steps.filter((_, index) => run.steps[index]?.status === 'done');
  const moved = lastWriters(done.map((planned) => planned.step)).flatMap((step) => {
    const { holds, readBack } = stepEffect(step, fleet);
    const words = done.find((planned) => planned.step === step)?.words ?? step.kind;
    return holds ? [] : [`The fleet moved on since “${words}”: now ${lowerFirst(readBack)}.`];
  });
  if (moved.length > 0) return refusal(title, moved);
  const builder = new PlanBuilder(fleet);
  for (const step of simplifySteps(done.toReversed().flatMap((planned) => planned.inverse ?? [])))
    if (!isSatisfied(step, builder.fleet)) builder.add(step, 'Undo');
  return builder.finish(title, run.plan.intent, 'There is nothing left to undo.');
}

/** Steps whose effect nothing after them in the same run has overwritten. */
function lastWriters(steps: readonly Step[]): Step[] {
  const writers = new Map<string, Step>();
  for (const step of steps) for (const aspect of stepAspects(step)) writers.set(aspect, step);
  return steps.filter((step, index) => {
    // What was done with a function that was destroyed afterwards is gone with it.
    const { controllerId } = stepTarget(step);
    const isGone = steps
      .slice(index + 1)
      .some((later) => later.kind === 'function-destroy' && functionIdOf(later) === controllerId);
    if (isGone) return false;
    const aspects = stepAspects(step);
    return aspects.length > 0 && aspects.every((aspect) => writers.get(aspect) === step);
  });
}

/** Names of what a step sets, so that a later step that sets the same can be found. */
function stepAspects(step: Step): string[] {
  switch (step.kind) {
    case 'secondary-offline':
      return ['online', 'VQ', 'VI'].map((aspect) => `${aspect} ${step.secondaryId}`);
    case 'secondary-assign':
      return [`${step.resource} ${step.secondaryId}`];
    case 'secondary-online':
      return [`online ${step.secondaryId}`];
    case 'set-vf-count':
      return [`vf-count ${step.primaryId}`];
    case 'set-drivers-autoprobe':
      return [`autoprobe ${step.primaryId}`];
    case 'set-driver':
      return [`driver ${step.controllerId}`];
    case 'attach-namespace':
    case 'detach-namespace':
      return [`namespace ${step.nsid} ${step.controllerId}`];
    case 'virtual-subsystem-create':
    case 'virtual-subsystem-delete':
      return [`virtual-subsystem ${step.primaryId} ${step.nqn}`];
    case 'virtual-subsystem-set-identity':
      return [`identity ${step.primaryId} ${step.nqn}`];
    case 'virtual-subsystem-set-capabilities':
      return [`exposed ${step.primaryId} ${step.nqn}`];
    case 'virtual-subsystem-add':
    case 'virtual-subsystem-remove':
      return [`member ${step.secondaryId}`];
    case 'function-provision':
    case 'function-destroy':
      return [`function ${step.primaryId} ${step.cntlid}`];
    case 'function-set-migration':
      return [`migration ${step.secondaryId}`];
    case 'function-set-visible':
      return [`visible ${step.secondaryId}`];
    case 'vm-attach-device':
    case 'vm-detach-device':
      return [`owner ${step.controllerId}`];
    default:
      return [];
  }
}

/** Drops assignments that a later step for the same secondary replaces before they could matter. */
function simplifySteps(steps: readonly Step[]): Step[] {
  return steps.filter((step, index) => {
    if (step.kind !== 'secondary-assign') return true;
    for (const later of steps.slice(index + 1)) {
      if (!('secondaryId' in later) || later.secondaryId !== step.secondaryId) continue;
      if (later.kind === 'secondary-online') return true;
      if (later.kind === 'secondary-offline') return false;
      if (later.kind === 'secondary-assign' && later.resource === step.resource) return false;
    }
    return true;
  });
}

/** A reset and an allocation leave nothing to compare, so they are never taken for done. */
function isSatisfied(step: Step, fleet: Fleet): boolean {
  return stepAspects(step).length > 0 && stepEffect(step, fleet).holds;
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
