import type { Fleet } from '../../fleet/schema.ts';
import type { Result } from '../../result.ts';
import { interruptionsOf } from '../interruptions.ts';
import { settingsOf, untouchedSteps } from '../lasting-steps.ts';
import type { Plan, ProcedureRun } from '../procedure.ts';
import { definitionOf, type Step } from '../step.ts';
import type { StepSetting } from '../step-definition.ts';
import { PlanBuilder, type PlanOptions, refusal } from './builder.ts';

type Undoable = Pick<ProcedureRun, 'plan' | 'steps' | 'status' | 'undoneBy' | 'undoes'>;

/** Why a run can never be undone, whatever the fleet looks like now; empty when it can. */
export function undoBlockers(run: Undoable): string[] {
  if (run.undoes !== null) return ['This is itself an undo; run the original change again instead.'];
  if (run.undoneBy !== null) return ['It has already been undone.'];
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
export function planUndo(fleet: Fleet, run: Undoable, options: PlanOptions = {}): Result<Plan> {
  const title = `Undo: ${run.plan.title}`;
  const never = undoBlockers(run);
  if (never.length > 0) return refusal(title, never);
  const done = run.plan.steps.filter((_, index) => run.steps[index]?.status === 'done');
  const moved = untouchedSteps(done.map((planned) => planned.step)).flatMap((step) => {
    const { holds, readBack } = definitionOf(step).effect(step, fleet);
    const words = done.find((planned) => planned.step === step)?.words ?? step.kind;
    return holds ? [] : [`The fleet has changed since “${words}”: now ${lowerFirst(readBack)}.`];
  });
  if (moved.length > 0) return refusal(title, moved);
  const builder = new PlanBuilder(fleet, options);
  builder.about(
    done.flatMap(({ step }) =>
      (definitionOf(step).targets(step).controllers ?? []).flatMap((id) => fleet.controllers[id] ?? []),
    ),
  );
  for (const step of simplifySteps(done.toReversed().flatMap((planned) => planned.inverse ?? [])))
    if (!isSatisfied(step, builder.fleet)) builder.add(step, 'Undo');
  builder.consequences.push(
    ...interruptionsOf(
      fleet,
      builder.steps.map((planned) => planned.step),
    ).lines,
  );
  return builder.finish(title, run.plan.intent, 'There is nothing left to undo.');
}

/** Drops steps whose values are all replaced by a later step before they could come into force. */
function simplifySteps(steps: readonly Step[]): Step[] {
  // By object: what hundreds of controllers are given has nothing to do with each other.
  const places = new Map<string, { readonly index: number; readonly aspect: string }[]>();
  for (const [index, step] of steps.entries())
    for (const { object, aspect } of settingsOf(step)) {
      const known = places.get(object);
      if (known === undefined) places.set(object, [{ index, aspect }]);
      else known.push({ index, aspect });
    }
  return steps.filter((step, index) => {
    const settings = settingsOf(step);
    const isReplaced = ({ object, aspect, inForceWith }: StepSetting) => {
      if (inForceWith === undefined) return false;
      const later = (places.get(object) ?? []).filter((place) => place.index > index);
      const again = later.find((place) => place.aspect === aspect);
      const inForce = later.find((place) => place.aspect === inForceWith);
      return again !== undefined && (inForce === undefined || again.index <= inForce.index);
    };
    return settings.length === 0 || !settings.every(isReplaced);
  });
}

/** A step that leaves nothing to compare is never taken for done. */
function isSatisfied(step: Step, fleet: Fleet): boolean {
  return settingsOf(step).length > 0 && definitionOf(step).effect(step, fleet).holds;
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
