import { z } from 'zod';
import { countWords } from '../count-words.ts';
import { consequenceContent, stepContent } from './plan-content.ts';
import type { Plan } from './procedure.ts';
import type { PlannedStep } from './step.ts';

/** What differs between a plan that a person reviewed and the plan for the fleet as it is now. */
export const planChangesSchema = z.object({
  /** One or two sentences in plain words: `2 steps are new and 1 step is gone.` */
  summary: z.string(),
  /** Steps of the plan as it is now that were not reviewed like this, by their index in it. */
  steps: z.array(
    z.object({
      index: z.number().int().min(0),
      change: z.enum(['new', 'changed']),
      /** What was reviewed in its place, in words; null for a new one. */
      before: z.string().nullable(),
    }),
  ),
  /** Steps that were reviewed and are gone: `index` is that of the step before which they stood. */
  removed: z.array(z.object({ index: z.number().int().min(0), words: z.string() })),
  /** Consequences that were not reviewed, and reviewed ones that no longer follow. */
  consequences: z.object({ added: z.array(z.string()), removed: z.array(z.string()) }),
});
export type PlanChanges = z.infer<typeof planChangesSchema>;

/** For a reviewed plan that nobody remembers any more: nothing of the new one counts as reviewed. */
export const unknownReview: PlanChanges = {
  summary: 'The reviewed plan is no longer known. Review the whole plan again.',
  steps: [],
  removed: [],
  consequences: { added: [], removed: [] },
};

/** Compares what two plans do, step by step in their order. Pure. */
export function comparePlans(reviewed: Plan, now: Plan): PlanChanges {
  const { steps, removed } = compareSteps(reviewed.steps, now.steps);
  const consequences = {
    added: missingFrom(now.consequences, reviewed.consequences),
    removed: missingFrom(reviewed.consequences, now.consequences),
  };
  const isNew = steps.filter(({ change }) => change === 'new').length;
  const parts = [
    stepsWords(isNew, 'is new', 'are new'),
    stepsWords(steps.length - isNew, 'has changed', 'have changed'),
    stepsWords(removed.length, 'is gone', 'are gone'),
    consequences.added.length + consequences.removed.length > 0 ? 'what it interrupts has changed' : '',
    JSON.stringify(reviewed.warnings) === JSON.stringify(now.warnings) ? '' : 'what it warns of has changed',
    lastReturn(reviewed) === lastReturn(now) ? '' : 'the point of no return has moved',
  ].filter((part) => part !== '');
  return { summary: sentence(parts), steps, removed, consequences };
}

/**
 * Between two steps that both plans have in common, what stands in one plan only is new or gone; a step of the same kind
 * for the same object that does it with other values has changed.
 */
function compareSteps(
  before: readonly PlannedStep[],
  after: readonly PlannedStep[],
): Pick<PlanChanges, 'steps' | 'removed'> {
  const steps: PlanChanges['steps'] = [];
  const removed: PlanChanges['removed'] = [];
  let [left, right] = [0, 0];
  const common = commonSteps(before.map(stepContent), after.map(stepContent));
  for (const [nextLeft, nextRight] of [...common, [before.length, after.length] as const]) {
    const unmatched = before.slice(left, nextLeft);
    for (const [offset, planned] of after.slice(right, nextRight).entries()) {
      const found = unmatched.findIndex((old) => isSameDeed(old, planned));
      const old = found === -1 ? undefined : unmatched.splice(found, 1)[0];
      const change = old === undefined ? 'new' : 'changed';
      steps.push({ index: right + offset, change, before: old?.words ?? null });
    }
    for (const { words } of unmatched) removed.push({ index: nextRight, words });
    [left, right] = [nextLeft + 1, nextRight + 1];
  }
  return { steps, removed };
}

/** The same kind of step for the same object; ids of objects are text, identifiers that a step sets are numbers. */
function isSameDeed(one: PlannedStep, other: PlannedStep): boolean {
  return deedOf(one) === deedOf(other);
}

function deedOf({ step, hostId }: PlannedStep): string {
  const ids = Object.entries(step).filter(([key, value]) => key.endsWith('Id') && typeof value === 'string');
  return JSON.stringify([step.kind, hostId, ...ids.sort(([left], [right]) => (left < right ? -1 : 1))]);
}

/** Indices of a longest common subsequence, in order. Plans have at most some thousand steps. */
function commonSteps(before: readonly string[], after: readonly string[]): (readonly [number, number])[] {
  // lengths[i][j]: how many steps before[i…] and after[j…] have in common.
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  const lengthAt = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = after.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        before[i] === after[j]
          ? lengthAt(i + 1, j + 1) + 1
          : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
  const common: (readonly [number, number])[] = [];
  let [i, j] = [0, 0];
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      common.push([i, j]);
      [i, j] = [i + 1, j + 1];
    } else if (lengthAt(i + 1, j) >= lengthAt(i, j + 1)) i += 1;
    else j += 1;
  }
  return common;
}

function missingFrom(wanted: readonly string[], known: readonly string[]): string[] {
  const there = new Set(known.map(consequenceContent));
  return wanted.filter((line) => !there.has(consequenceContent(line)));
}

/** The step from which a plan only goes forward; its index alone moves with every step before it. */
function lastReturn({ steps, pointOfNoReturn }: Plan): string | null {
  const planned = pointOfNoReturn === null ? undefined : steps[pointOfNoReturn];
  return planned === undefined ? null : stepContent(planned);
}

function stepsWords(count: number, one: string, several: string): string {
  return count === 0 ? '' : `${countWords(count, 'step')} ${count === 1 ? one : several}`;
}

/** `2 steps are new, 1 step is gone and what it interrupts has changed.` */
function sentence(parts: readonly string[]): string {
  const [last = 'the steps are in another order', ...others] = parts.toReversed();
  const text = others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
