import { type Plan, type ProcedureRun, type StepRun, waitingStep } from '#shared/procedure/procedure.ts';
import type { PlannedStep, Step } from '#shared/procedure/step.ts';
import type { BerthError } from '#shared/result.ts';

/** Pure changes of a run's record. The runner alone makes them. */

export function newRun(
  plan: Plan,
  about: Pick<ProcedureRun, 'id' | 'startedAt' | 'undoes' | 'fleetName' | 'simulated' | 'simulatedTime'>,
): ProcedureRun {
  return {
    ...about,
    plan,
    status: 'running',
    steps: plan.steps.map(() => waitingStep),
    endedAt: null,
    progress: 0,
    error: null,
    leftovers: [],
    abortable: plan.pointOfNoReturn !== 0,
    undoable: false,
    undoneBy: null,
    migration: null,
  };
}

export function withStep(run: ProcedureRun, index: number, change: Partial<StepRun>): ProcedureRun {
  return {
    ...run,
    steps: run.steps.map((step, position) => (position === index ? { ...step, ...change } : step)),
  };
}

/** Share of the steps that are done, never less than it was. `fraction` is the part of the running step, 0-1. */
export function withProgress(run: ProcedureRun, doneSteps: number, fraction = 0): ProcedureRun {
  const share = (doneSteps + Math.min(1, Math.max(0, fraction))) / run.plan.steps.length;
  return { ...run, progress: Math.max(run.progress, Math.min(1, share)) };
}

/** From the point of no return on a run only goes forward. */
export function isPastPointOfNoReturn(run: ProcedureRun, index: number): boolean {
  return run.plan.pointOfNoReturn !== null && index >= run.plan.pointOfNoReturn;
}

/** Steps that never started count as skipped when a run ends without them. */
export function endedRun(
  run: ProcedureRun,
  status: 'done' | 'rolled-back' | 'failed',
  end: {
    readonly at: number;
    /** Milliseconds of simulated time; null where there is none. */
    readonly simulatedAt: number | null;
    readonly error: BerthError | null;
    readonly undoable: boolean;
  },
): ProcedureRun {
  return {
    ...run,
    status,
    endedAt: end.at,
    ...(run.simulatedTime === undefined || end.simulatedAt === null
      ? {}
      : { simulatedTime: { ...run.simulatedTime, endedAt: end.simulatedAt } }),
    error: end.error,
    progress: status === 'done' ? 1 : run.progress,
    abortable: false,
    undoable: end.undoable,
    steps: run.steps.map((step) => (step.status === 'waiting' ? { ...step, status: 'skipped' } : step)),
  };
}

/** What is left behind and the lines that clean it up. */
export function leftover(what: string, commandLines: readonly string[]): ProcedureRun['leftovers'][number] {
  return { what, commandLines: [...commandLines] };
}

/** The steps that a run did, last one first, with the inverses to run for each. */
export function doneStepsInReverse(
  run: ProcedureRun,
): { readonly index: number; readonly planned: PlannedStep; readonly inverse: readonly Step[] | null }[] {
  return run.plan.steps
    .flatMap((planned, index) =>
      run.steps[index]?.status === 'done' ? [{ index, planned, inverse: planned.inverse }] : [],
    )
    .reverse();
}
