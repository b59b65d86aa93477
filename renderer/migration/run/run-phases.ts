import type { ProcedureRun, StepStatus } from '#shared/procedure/procedure.ts';

/** Consecutive steps of the same phase, as the bar at the top of the run shows them. */
export interface RunPhase {
  readonly name: string;
  readonly status: 'waiting' | 'running' | 'done' | 'failed' | 'undone';
  /** Sum of what its steps took; null before the first one ended. */
  readonly durationMicroseconds: number | null;
  readonly stepsDone: number;
  readonly stepCount: number;
  /** From here on, or from a step inside it, the procedure only goes forward. */
  readonly forwardOnly: boolean;
}

/** The phases of a run in order. A phase is as far as its least finished step, and failed if one of them failed. */
export function phasesOf(run: ProcedureRun): readonly RunPhase[] {
  const phases: { name: string; first: number; statuses: StepStatus[]; durations: number[] }[] = [];
  run.plan.steps.forEach((planned, index) => {
    const step = run.steps[index];
    let phase = phases.at(-1);
    if (phase === undefined || phase.name !== planned.phase) {
      phase = { name: planned.phase, first: index, statuses: [], durations: [] };
      phases.push(phase);
    }
    phase.statuses.push(step?.status ?? 'waiting');
    if (step?.durationMicroseconds != null) phase.durations.push(step.durationMicroseconds);
  });
  const noReturn = run.plan.pointOfNoReturn;
  return phases.map(({ name, first, statuses, durations }) => ({
    name,
    status: phaseStatus(statuses),
    durationMicroseconds: durations.length === 0 ? null : durations.reduce((sum, one) => sum + one, 0),
    stepsDone: statuses.filter((status) => status === 'done' || status === 'skipped').length,
    stepCount: statuses.length,
    forwardOnly: noReturn !== null && first + statuses.length > noReturn,
  }));
}

function phaseStatus(statuses: readonly StepStatus[]): RunPhase['status'] {
  if (statuses.includes('failed')) return 'failed';
  if (statuses.includes('undone')) return 'undone';
  if (statuses.every((status) => status === 'done' || status === 'skipped')) return 'done';
  if (statuses.some((status) => status !== 'waiting')) return 'running';
  return 'waiting';
}

/** The step that runs now, or the first one that waits; -1 when none does. */
export function currentStepIndex(run: ProcedureRun): number {
  const running = run.steps.findIndex((step) => step.status === 'running');
  return running >= 0 ? running : run.steps.findIndex((step) => step.status === 'waiting');
}
