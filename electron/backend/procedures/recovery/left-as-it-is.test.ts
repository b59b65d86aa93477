import { expect, it } from 'vitest';
import type { ProcedureRun, StepRun } from '#shared/procedure/procedure.ts';
import { waitingStep } from '#shared/procedure/procedure.ts';
import { migrationFleet } from '#shared/test-support/migration-fleet.ts';
import { finishedMigration } from '#shared/test-support/migration-run.ts';
import { leftAsItIs } from './left-as-it-is.ts';

const fleet = migrationFleet();
const moved = finishedMigration(fleet);

/** The migration, cut short while this step ran. */
function cutAt(index: number): ProcedureRun {
  const running: StepRun = { ...waitingStep, status: 'running', startedAt: 1 };
  const done: StepRun = { ...waitingStep, status: 'done', startedAt: 1 };
  return {
    ...{ ...moved, status: 'interrupted' },
    steps: moved.steps.map((_, position) =>
      position < index ? done : position === index ? running : waitingStep,
    ),
  };
}

it('names the commands that take back what was done, not those that did it', () => {
  const paused = moved.plan.steps.findIndex(({ step }) => step.kind === 'vm-pause');
  expect(paused).toBeGreaterThan(0);
  const [last] = leftAsItIs(cutAt(paused), fleet, '2.x');
  expect(last?.what).toContain('May be done, and was not undone: Stop the guest db-primary');
  expect(last?.commandLines).toEqual([
    'nvme lm migration-send /dev/nvme1 --cntlid=1 --sel=1',
    'nvme lm migration-send /dev/nvme1 --cntlid=2 --sel=1',
    'virsh resume "db-primary"',
  ]);
});

it.each([0, 1])(
  'takes nothing back %d behind the point of no return: there is only what is still to do',
  (more) => {
    const next = (moved.plan.pointOfNoReturn ?? 0) + more;
    const left = leftAsItIs(cutAt(next), fleet, '2.x');
    expect(left.map(({ what }) => what)).toEqual(
      moved.plan.steps.slice(next).map(({ words }) => `Still to do: ${words}`),
    );
  },
);

it('does not know that the step which was cut short is still to do where nobody can see it', () => {
  const next = moved.plan.pointOfNoReturn ?? 0;
  const [first, second] = leftAsItIs(cutAt(next), null, '2.x').map(({ what }) => what);
  expect(first).toBe(`May be done; if it is not, still to do: ${moved.plan.steps[next]?.words}`);
  expect(second).toBe(`Still to do: ${moved.plan.steps[next + 1]?.words}`);
});

it('gives no source up whose guest goes back: what the way back had not reached is taken back', () => {
  const paused = moved.plan.steps.findIndex(({ step }) => step.kind === 'vm-pause');
  const resume = moved.plan.pointOfNoReturn ?? 0;
  const { steps } = cutAt(resume);
  const failed = {
    status: 'failed',
    error: { code: 'device-status', message: 'It does not resume.' },
  } as const;
  const cut: ProcedureRun = {
    ...{ ...moved, status: 'interrupted', rollingBack: true },
    steps: steps.map((step, index) =>
      index === resume
        ? { ...step, ...failed }
        : index > paused && index < resume
          ? { ...step, status: 'undone' }
          : step,
    ),
  };
  const [next, ...others] = leftAsItIs(cut, fleet, '2.x').map(({ what }) => what);
  expect(next).toMatch(/^May be done, and was not undone: Resume/);
  expect(others[0]).toContain('Done and not undone: Stop the guest db-primary');
  expect(others.join()).not.toContain('Still to do');
});

it('names no command where another fleet is open, on which it would mean something else', () => {
  const left = leftAsItIs(cutAt(3), null, '2.x');
  expect(left).toHaveLength(4);
  expect(left.flatMap(({ commandLines }) => commandLines)).toEqual([]);
});
