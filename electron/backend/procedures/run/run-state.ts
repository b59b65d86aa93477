import type { Agreed } from '#shared/procedure/agreement.ts';
import {
  type Plan,
  type ProcedureRun,
  type RunRecovery,
  type StepRun,
  waitingStep,
} from '#shared/procedure/procedure.ts';
import type { PlannedStep, Step } from '#shared/procedure/step.ts';
import { mayBeDone } from '#shared/procedure/step-outcome.ts';
import type { BerthError } from '#shared/result.ts';
import type { Clock } from '../../ports.ts';

/** Pure changes of a run's record. The runner alone makes them. */

export function newRun(
  plan: Plan,
  {
    agreed,
    ...about
  }: Pick<ProcedureRun, 'id' | 'startedAt' | 'undoes' | 'fleetName' | 'simulated' | 'simulatedTime'> & {
    readonly agreed: Agreed;
  },
): ProcedureRun {
  return {
    ...about,
    ...agreedPart(agreed),
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

/** Of a run that begins now: simulated time too, where the hosts go by that. */
export function simulatedTimeOf(clock: Clock): Pick<ProcedureRun, 'simulatedTime'> {
  return clock.simulated === true ? { simulatedTime: { startedAt: clock.now(), endedAt: null } } : {};
}

/** Nothing where nothing had to be agreed to. */
function agreedPart(agreed: Agreed): { readonly agreed?: Agreed } {
  return agreed.guests.length + agreed.warnings.length === 0 ? {} : { agreed };
}

/** What a way on warns of, and what of it was agreed to. */
export type AgreedRecovery = Pick<RunRecovery, 'warnings'> & { readonly agreed: Agreed };

/** Notes how it goes on, and what was agreed to for that. */
export function withRecovery(
  run: ProcedureRun,
  { agreed, ...recovery }: Pick<RunRecovery, 'how' | 'at'> & AgreedRecovery,
): ProcedureRun {
  return { ...run, recoveries: [...(run.recoveries ?? []), { ...recovery, ...agreedPart(agreed) }] };
}

export function withStep(run: ProcedureRun, index: number, change: Partial<StepRun>): ProcedureRun {
  return {
    ...run,
    steps: run.steps.map((step, position) => (position === index ? { ...step, ...change } : step)),
  };
}

/**
 * Share of the work that is done, never less than it was: of `doneSteps` steps, and of the one that runs the part `fraction`,
 * 0-1. Copying a guest's memory weighs as much as all other steps together, every other step the same.
 */
export function withProgress(run: ProcedureRun, doneSteps: number, fraction = 0): ProcedureRun {
  const copying = run.plan.steps.findIndex(({ step }) => copiesMemory(step));
  const count = run.plan.steps.length;
  const weight = (index: number) => (index === copying ? Math.max(1, count - 1) : 1);
  const part = (doneSteps < count ? weight(doneSteps) : 0) * Math.min(1, Math.max(0, fraction));
  const before = doneSteps + (copying >= 0 && copying < doneSteps ? weight(copying) - 1 : 0);
  const all = count + (copying >= 0 ? weight(copying) - 1 : 0);
  return { ...run, progress: Math.max(run.progress, Math.min(1, (before + part) / all)) };
}

/** All of a guest's memory, and not only what earlier rounds have left. */
function copiesMemory(step: Step): boolean {
  return step.kind === 'vm-pre-copy' || (step.kind === 'vm-send-memory' && step.rest !== true);
}

/** From the point of no return on a run only goes forward. */
export function isPastPointOfNoReturn(run: ProcedureRun, index: number): boolean {
  return run.plan.pointOfNoReturn !== null && index >= run.plan.pointOfNoReturn;
}

const cutShort: BerthError = {
  code: 'aborted',
  message: 'Berth ended while it ran, and it is not known whether it was done.',
};

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
    steps: run.steps.map((step) => {
      if (step.status === 'waiting') return { ...step, status: 'skipped' };
      return step.status === 'running' ? { ...step, status: 'failed', error: cutShort } : step;
    }),
  };
}

/** What is left behind and the lines that clean it up. */
export function leftover(what: string, commandLines: readonly string[]): ProcedureRun['leftovers'][number] {
  return { what, commandLines: [...commandLines] };
}

/** A step to take back. */
export interface StepToUndo {
  readonly index: number;
  readonly planned: PlannedStep;
  /** It is known to be done; otherwise it may be. */
  readonly isCertain: boolean;
}

/** The steps that a run did or may have done and that were not taken back yet, last one first. */
export function stepsToUndo(run: ProcedureRun): StepToUndo[] {
  return run.plan.steps
    .flatMap((planned, index) => {
      const step = run.steps[index];
      const isCertain = step?.status === 'done' || step?.isUndone === false;
      return isCertain || (step !== undefined && mayBeDone(step)) ? [{ index, planned, isCertain }] : [];
    })
    .reverse();
}
