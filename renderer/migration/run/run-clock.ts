import { useEffect, useState } from 'react';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { useSimulatedTime } from '../../simulation/use-simulated-time.ts';

/** Milliseconds on the clock of a run's steps, simulated or not; four times a second is as often as a person can read it. */
export function useRunClock(run: ProcedureRun): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  const simulated = useSimulatedTime();
  const { simulatedTime } = run;
  if (simulatedTime !== undefined)
    return Math.max(simulatedTime.startedAt, simulatedTime.endedAt ?? simulated ?? 0);
  return Math.max(run.startedAt, run.endedAt ?? now);
}

/** Milliseconds since the start of a run. */
export function useElapsed(run: ProcedureRun): number {
  const now = useRunClock(run);
  return now - (run.simulatedTime?.startedAt ?? run.startedAt);
}
