import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { migrationFleet } from '../../test-support/migration-fleet.ts';
import { finishedMigration } from '../../test-support/migration-run.ts';
import { numRuns } from '../../test-support/property-runs.ts';
import { type ProcedureRun, procedureRunSchema, type StepRun, waitingStep } from '../procedure.ts';
import { applyRunChange, runChange, runChangeSchema } from './run-change.ts';

// Parsed: as it is read again.
const finished = procedureRunSchema.parse(finishedMigration(migrationFleet()));
const start: ProcedureRun = {
  ...finished,
  status: 'running',
  steps: finished.plan.steps.map(() => waitingStep),
};
const states: readonly StepRun[] = [
  waitingStep,
  { ...waitingStep, status: 'running', startedAt: 1 },
  { ...waitingStep, status: 'done', startedAt: 1, durationMicroseconds: 5, readBack: 'It is so' },
  { ...waitingStep, status: 'failed', error: { code: 'busy', message: 'It is busy.' } },
];

describe('what changed of a run', () => {
  it('gives the run again, whatever changed between two messages', () => {
    const one = fc.record({
      steps: fc.array(fc.tuple(fc.nat(start.steps.length - 1), fc.constantFrom(...states)), { maxLength: 6 }),
      progress: fc.constantFrom(0, 0.5, 1),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 6 }), (changes) => {
        let run = start;
        let told: ProcedureRun | null = null;
        let mirrored: ProcedureRun | undefined;
        for (const { steps, progress } of changes) {
          run = { ...run, progress, steps: [...run.steps] };
          for (const [index, step] of steps) run.steps[index] = { ...step };
          const change = runChangeSchema.parse(runChange(run, told, told === null));
          mirrored = applyRunChange(mirrored, change) ?? undefined;
          told = run;
          expect(mirrored).toEqual(run);
        }
      }),
      { numRuns: numRuns(200, 5000) },
    );
  });

  it('tells only the steps that changed, and the plan once', () => {
    const first = runChange(start, null, true);
    expect(first).toMatchObject({ plan: start.plan, changedSteps: [] });
    const steps = start.steps.with(3, { ...waitingStep, status: 'running' });
    const next = runChange({ ...start, steps }, start, false);
    expect(next.plan).toBeUndefined();
    expect(next.changedSteps.map(({ index }) => index)).toEqual([3]);
  });

  it('is no run where neither the run nor its plan is known', () => {
    expect(applyRunChange(undefined, runChange(finished, null, false))).toBeNull();
  });
});
