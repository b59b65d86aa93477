import type { ProcedureRun } from '../procedure.ts';

type Timed = Pick<ProcedureRun, 'startedAt' | 'endedAt' | 'simulatedTime'>;

/** How long a run took in milliseconds, on the clock of its fleet; null while it has not ended. */
export function runMilliseconds({ startedAt, endedAt, simulatedTime }: Timed): number | null {
  const times = simulatedTime ?? { startedAt, endedAt };
  return times.endedAt === null ? null : Math.max(0, times.endedAt - times.startedAt);
}

/** ` simulated` behind a duration that a simulated clock measured, otherwise nothing. */
export function clockWords({ simulatedTime }: Pick<ProcedureRun, 'simulatedTime'>): string {
  return simulatedTime === undefined ? '' : ' simulated';
}
