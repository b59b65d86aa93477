import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePlans } from './plan-changes.ts';
import { planContent } from './plan-content.ts';
import type { Plan } from './procedure.ts';
import type { PlannedStep } from './step.ts';

const primaryId = 'hv-a/0000:41:00.0';

function online(vfn: number): PlannedStep {
  return planned({ kind: 'secondary-online', secondaryId: `${primaryId}/${vfn}` }, `Bring VF ${vfn} online`);
}

function resources(vfn: number, count: number): PlannedStep {
  const step = {
    kind: 'secondary-assign',
    secondaryId: `${primaryId}/${vfn}`,
    resource: 'VQ',
    count,
  } as const;
  return planned(step, `Take ${count} VQ resources for VF ${vfn}`);
}

function planned(step: PlannedStep['step'], words: string): PlannedStep {
  return { step, hostId: 'hv-a', phase: 'Resources', words, commandLines: [`do ${words}`], inverse: [] };
}

function planOf(steps: PlannedStep[], about: Partial<Plan> = {}): Plan {
  return {
    title: 'Assign',
    intent: { kind: 'set-online', secondaryIds: [primaryId], online: true },
    steps,
    consequences: [],
    pointOfNoReturn: null,
    ...about,
  };
}

describe('what a plan does', () => {
  const plan = planOf([resources(1, 4), online(1)], { consequences: ['A guest loses VF 1.'] });
  const [first, ...rest] = plan.steps as [PlannedStep, ...PlannedStep[]];

  it.each<[string, Plan]>([
    ['its title', { ...plan, title: 'Other words' }],
    [
      'the spelling of command lines',
      { ...plan, steps: [{ ...first, commandLines: ['nvme3 do'] }, ...rest] },
    ],
    ['words and phases', { ...plan, steps: [{ ...first, words: 'x', phase: 'y' }, ...rest] }],
    ['the order of keys', { ...plan, steps: [reversedKeys(first), ...rest] }],
  ])('does not depend on %s', (_what, other) => {
    expect(planContent(other)).toBe(planContent(plan));
  });

  it.each<[string, Plan]>([
    ['a value of a step', { ...plan, steps: [resources(1, 5), ...rest] }],
    ['a step more', { ...plan, steps: [...plan.steps, online(2)] }],
    ['the order of steps', { ...plan, steps: plan.steps.toReversed() }],
    ['a host', { ...plan, steps: [{ ...first, hostId: 'hv-b' }, ...rest] }],
    ['an inverse', { ...plan, steps: [{ ...first, inverse: null }, ...rest] }],
    ['a consequence', { ...plan, consequences: ['A guest loses VF 2.'] }],
    ['the point of no return', { ...plan, pointOfNoReturn: 1 }],
  ])('depends on %s', (_what, other) => {
    expect(planContent(other)).not.toBe(planContent(plan));
  });

  it('does not depend on a forecast of the downtime, which differs a little at every look', () => {
    const stopped = (duration: string) =>
      planContent({ ...plan, consequences: [`db is stopped for about ${duration} ms while it is copied.`] });
    expect(stopped('12')).toBe(stopped('13'));
    expect(stopped('12')).not.toBe(planContent(plan));
  });
});

describe('the changes of a plan', () => {
  it('are new, changed and gone steps, in words and with what was reviewed', () => {
    const before = planOf([resources(1, 4), online(1), online(2)]);
    const now = planOf([resources(1, 6), online(1), resources(3, 2), resources(4, 2)]);
    expect(comparePlans(before, now)).toEqual({
      summary: '2 steps are new, 1 step has changed and 1 step is gone.',
      steps: [
        { index: 0, change: 'changed', before: 'Take 4 VQ resources for VF 1' },
        { index: 2, change: 'new', before: null },
        { index: 3, change: 'new', before: null },
      ],
      removed: [{ index: 4, words: 'Bring VF 2 online' }],
      consequences: { added: [], removed: [] },
    });
  });

  it('are what it interrupts and from where it only goes forward', () => {
    const before = planOf([online(1), online(2)], { consequences: ['A.', 'B.'], pointOfNoReturn: 1 });
    const now = planOf([online(1), online(2)], { consequences: ['B.', 'C.'], pointOfNoReturn: 0 });
    expect(comparePlans(before, now)).toEqual({
      summary: 'What it interrupts has changed and the point of no return has moved.',
      steps: [],
      removed: [],
      consequences: { added: ['C.'], removed: ['A.'] },
    });
  });

  it('take no step for changed because one before it is new, and keep the point of no return with its step', () => {
    const before = planOf([online(1), online(2)], { pointOfNoReturn: 1 });
    const now = planOf([resources(9, 1), online(1), online(2)], { pointOfNoReturn: 2 });
    expect(comparePlans(before, now)).toMatchObject({
      summary: '1 step is new.',
      steps: [{ index: 0, change: 'new' }],
      removed: [],
    });
  });

  it('lead from any plan to any other: what is not marked was reviewed, and all that is gone is named', () => {
    const step = fc
      .record({ vfn: fc.integer({ min: 1, max: 3 }), count: fc.integer({ min: 0, max: 2 }) })
      .map(({ vfn, count }) => (count === 0 ? online(vfn) : resources(vfn, count)));
    const steps = fc.array(step, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const { steps: marked, removed } = comparePlans(planOf(before), planOf(after));
        const kept = after.filter((_, index) => !marked.some((change) => change.index === index));
        const words = (list: readonly PlannedStep[]) => list.map((one) => one.words);
        const replaced = marked.flatMap((change) => change.before ?? []);
        const reviewed = [...words(kept), ...replaced, ...removed.map((one) => one.words)];
        expect(reviewed.toSorted()).toEqual(words(before).toSorted());
        expect(isSubsequence(words(kept), words(before))).toBe(true);
        const isSame = planContent(planOf(before)) === planContent(planOf(after));
        expect(marked.length + removed.length === 0).toBe(isSame);
      }),
    );
  });
});

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let found = 0;
  for (const one of whole) if (found < part.length && part[found] === one) found += 1;
  return found === part.length;
}

function reversedKeys<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).toReversed()) as T;
}
