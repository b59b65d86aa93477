import { canonicalJson } from '../canonical-json.ts';
import type { Plan } from './procedure.ts';
import type { PlannedStep } from './step.ts';

/**
 * What a plan does, as one text: the same for two plans exactly when they do the same. Steps with their hosts and
 * inverses, consequences, warnings and the point of no return count; titles, words and the spelling of command lines do not, nor
 * does a duration that was forecast, which differs a little at every look. The digest of a reviewed plan is made of it.
 */
export function planContent(plan: Plan): string {
  return canonicalJson({
    steps: plan.steps.map(stepParts),
    consequences: plan.consequences.map(consequenceContent),
    pointOfNoReturn: plan.pointOfNoReturn,
    warnings: plan.warnings,
  });
}

/** What a step of a plan does, likewise. */
export function stepContent(planned: PlannedStep): string {
  return canonicalJson(stepParts(planned));
}

/** A consequence without the duration that was forecast; a forecast over its budget is a check of the migration. */
export function consequenceContent(consequence: string): string {
  return consequence.replace(/ for about \d+ ms /, ' for a time ');
}

function stepParts({ step, hostId, inverse }: PlannedStep): object {
  return { step, hostId, inverse };
}
