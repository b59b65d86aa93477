import type { Fleet } from '../../fleet/schema.ts';
import { fail, type Result, succeed } from '../../result.ts';
import type { Intent } from '../intent.ts';
import type { Plan } from '../procedure.ts';
import type { PlannedStep, Step } from '../step.ts';
import { stepCommandLines } from '../step-command-lines.ts';
import { stepInverse } from '../step-inverse.ts';
import { stepPreconditions } from '../step-preconditions.ts';
import { predictStep } from '../step-predict.ts';
import { stepHostIds } from '../step-target.ts';
import { stepWords } from '../step-words.ts';

/**
 * Collects the steps of a plan. Every step is put into words, given its command lines, its inverse and its check against
 * the fleet as the steps before it will have left it.
 */
export class PlanBuilder {
  readonly steps: PlannedStep[] = [];
  readonly consequences: string[] = [];
  /** Everything that stands against the plan; a plan with blockers is refused with all of them. */
  readonly blockers: string[] = [];
  #fleet: Fleet;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** The fleet as predicted after the steps so far. */
  get fleet(): Fleet {
    return this.#fleet;
  }

  /** `inverse` overrides what follows from the step alone. */
  add(step: Step, phase: string, inverse?: Step[] | null): void {
    const before = this.#fleet;
    this.blockers.push(...stepPreconditions(step, before));
    this.steps.push({
      step,
      hostId: stepHostIds(step, before)[0] ?? '',
      phase,
      words: stepWords(step, before),
      commandLines: stepCommandLines(step, before),
      inverse: inverse === undefined ? stepInverse(step, before) : inverse,
    });
    this.#fleet = predictStep(before, step);
  }

  /** The plan, or a refusal with every reason. `nothing` is what to say when there is nothing to do. */
  finish(title: string, intent: Intent, nothing: string): Result<Plan> {
    const blockers = [...new Set(this.blockers)];
    if (blockers.length > 0) return refusal(title, blockers);
    if (this.steps.length === 0) return refusal(title, [nothing]);
    const consequences = [...new Set(this.consequences)];
    return succeed({ title, intent, steps: this.steps, consequences, pointOfNoReturn: null });
  }
}

/** A plan refused with all its reasons. */
export function refusal<T = never>(title: string, reasons: readonly string[]): Result<T> {
  const [first = 'It cannot be done.'] = reasons;
  return fail(
    'refused',
    reasons.length === 1 ? first : `${title}: ${reasons.length} things stand against it.`,
    {
      object: title,
      fix:
        reasons.length === 1
          ? 'Do what the reason says, then try again.'
          : 'Clear every reason in the list, then try again.',
      details: [...reasons],
    },
  );
}
