import type { ClockMode } from '#shared/simulation/clock-state.ts';
import { clockModeTexts, simulatedTimeWords } from '#shared/simulation/clock-words.ts';
import { client } from '../bridge/client.ts';
import { takeClock, useClock } from '../fleet-mirror/clock-store.ts';
import { announce } from '../ui/overlays/announcer.tsx';
import { notifyError } from '../ui/overlays/notices.ts';

/** What the clock goes back to after a pause. */
let beforePause: ClockMode = 'real-time';

/** Changes how the time of the simulated fleet passes; a notice says why where that fails. */
export async function setClockMode(mode: ClockMode): Promise<void> {
  const { clock } = useClock.getState();
  if (mode === 'paused' && clock !== null && clock.mode !== 'paused') beforePause = clock.mode;
  const answer = await client.call('simulation:set-clock', { mode });
  if (!answer.ok) {
    notifyError(answer.error, 'The simulated clock was not changed');
    return;
  }
  takeClock(answer.value.clock);
  announce(`Simulated clock: ${clockModeTexts[mode].label}`);
}

/** Pauses a clock that runs; lets a paused one go on as it did before. */
export function pauseOrResume(): Promise<void> {
  return setClockMode(useClock.getState().clock?.mode === 'paused' ? beforePause : 'paused');
}

/** Without milliseconds: ends the one wait that is due first. */
export async function stepClock(milliseconds?: number): Promise<void> {
  const { clock } = useClock.getState();
  if (clock !== null && clock.mode !== 'paused') beforePause = clock.mode;
  const answer = await client.call('simulation:step', milliseconds === undefined ? {} : { milliseconds });
  if (!answer.ok) {
    notifyError(answer.error, 'The simulated clock did not step');
    return;
  }
  const { ended, clock: now } = answer.value;
  takeClock(now);
  const what = milliseconds !== undefined ? 'Time passed' : (ended?.what ?? 'Nothing is waiting');
  announce(`${what}. Simulated time ${simulatedTimeWords(now.milliseconds)}`);
}
