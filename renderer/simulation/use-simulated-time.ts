import { useEffect, useState } from 'react';
import { clockRate } from '#shared/simulation/clock-words.ts';
import { simulatedNow, useClock } from '../fleet-mirror/clock-store.ts';

/** Simulated milliseconds, a few times a second while time passes by itself; null where nothing is simulated. */
export function useSimulatedTime(): number | null {
  const told = useClock();
  // Only renders again: the time is computed from what was told, so that a late timer shows no wrong one.
  const [, setRound] = useState(0);
  const passes = told.clock !== null && clockRate(told.clock.mode) > 0;
  useEffect(() => {
    if (!passes) return undefined;
    const timer = setInterval(() => setRound((round) => round + 1), 250);
    return () => clearInterval(timer);
  }, [passes]);
  return simulatedNow(told);
}
