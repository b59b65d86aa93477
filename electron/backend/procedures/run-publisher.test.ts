import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProcedureRun, StepRun } from '#shared/procedure/procedure.ts';
import { waitingStep } from '#shared/procedure/procedure.ts';
import type { RunChange } from '#shared/procedure/run/run-change.ts';
import { migrationFleet } from '#shared/test-support/migration-fleet.ts';
import { finishedMigration } from '#shared/test-support/migration-run.ts';
import { createRunPublisher } from './run-publisher.ts';

const finished = finishedMigration(migrationFleet());
const [planned] = finished.plan.steps;

/** A run under way with so many steps. */
function runOf(count: number): ProcedureRun {
  if (planned === undefined) throw new Error('no step');
  const plan = { ...finished.plan, steps: Array.from({ length: count }, () => planned) };
  return { ...finished, plan, status: 'running', abortable: true, steps: plan.steps.map(() => waitingStep) };
}

const done: StepRun = { ...waitingStep, status: 'done', durationMicroseconds: 800, readBack: 'It is online' };
const size = (changes: readonly RunChange[]) => JSON.stringify(changes).length;

/** A publisher that knows of a run of so many steps, and what it has told. */
function publishing(count: number) {
  const told: RunChange[] = [];
  const publisher = createRunPublisher((change) => told.push(change));
  const run = runOf(count);
  publisher.changed(run);
  return { told, publisher, run };
}

/** Runs all steps, 1 ms each, and answers what was told. */
function tellAll(count: number): RunChange[] {
  const { told, publisher, run: begun } = publishing(count);
  let run = begun;
  for (let index = 0; index < count; index += 1) {
    run = { ...run, progress: (index + 1) / count, steps: run.steps.with(index, done) };
    publisher.changed(run);
    vi.advanceTimersByTime(1);
  }
  publisher.changed({ ...run, status: 'done', abortable: false });
  publisher.close();
  return told;
}

describe('what the page is told of a run', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is at most ten messages a second, and its size grows with the steps, not with their square', () => {
    const [small, large] = [tellAll(400), tellAll(1600)];
    expect(large.length).toBeLessThanOrEqual(1600 / 100 + 3);
    expect(size(large)).toBeLessThan(5 * size(small));
    // Every step is told once, in the end.
    expect(large.flatMap(({ changedSteps }) => changedSteps).length).toBe(1600);
    expect(large.at(-1)).toMatchObject({ status: 'done', progress: 1 });
    expect(large.filter(({ plan }) => plan !== undefined)).toHaveLength(1);
  });

  it('is told at once where the status changes or it can no longer be aborted', () => {
    const { told, publisher, run } = publishing(3);
    publisher.changed({ ...run, steps: run.steps.with(0, done) });
    expect(told).toHaveLength(1);
    publisher.changed({ ...run, steps: run.steps.with(0, done), abortable: false });
    expect(told.at(-1)).toMatchObject({ abortable: false, changedSteps: [{ index: 0, step: done }] });
    publisher.changed({ ...run, abortable: false, status: 'aborting' });
    publisher.changed({ ...run, abortable: false, status: 'rolled-back' });
    expect(told.map(({ status }) => status)).toEqual(['running', 'running', 'aborting', 'rolled-back']);
    vi.advanceTimersByTime(1000);
    expect(told).toHaveLength(4);
  });

  it('is told when the program ends, although the pause is not over', () => {
    const { told, publisher, run } = publishing(2);
    publisher.changed({ ...run, steps: run.steps.with(1, done) });
    publisher.close();
    expect(told.at(-1)?.changedSteps).toEqual([{ index: 1, step: done }]);
  });
});
