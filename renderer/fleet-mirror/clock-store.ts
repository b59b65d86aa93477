import { create } from 'zustand';
import type { ClockState } from '#shared/simulation/clock-state.ts';
import { clockRate } from '#shared/simulation/clock-words.ts';
import { client } from '../bridge/client.ts';

interface ClockMirror {
  /** The clock as the main process last told it; null where nothing is simulated. */
  readonly clock: ClockState | null;
  /** When it did, on the page's own clock in milliseconds. */
  readonly toldAt: number;
}

/** The clock of the open simulated fleet. */
export const useClock = create<ClockMirror>(() => ({ clock: null, toldAt: 0 }));

/** Takes the clock that was pushed or answered, and notes when. */
export function takeClock(clock: ClockState | null): void {
  useClock.setState({ clock, toldAt: performance.now() });
}

/** Asks for the clock of the fleet that is open. */
export async function loadClock(): Promise<void> {
  const answer = await client.call('simulation:clock', {});
  takeClock(answer.ok ? answer.value.clock : null);
}

/** Simulated milliseconds now: what was told, and what has passed by itself since. Null where nothing is simulated. */
export function simulatedNow({ clock, toldAt }: ClockMirror): number | null {
  if (clock === null) return null;
  return clock.milliseconds + Math.max(0, performance.now() - toldAt) * clockRate(clock.mode);
}

/** Whether something waits for a clock that is paused. */
export function waitsForPausedClock({ clock }: ClockMirror): boolean {
  return clock !== null && clock.mode === 'paused' && clock.waiting > 0;
}
