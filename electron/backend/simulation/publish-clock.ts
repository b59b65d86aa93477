import type { ClockState } from '#shared/simulation/clock-state.ts';
import { clockRate } from '#shared/simulation/clock-words.ts';
import type { Emit } from '../event-hub.ts';
import type { Clock } from '../ports.ts';
import type { SimulatedClock } from './simulated-clock.ts';

/** At most so often, however fast the clock runs. */
const pauseMilliseconds = 100;

/** Tells whoever listens how the clock does, at most ten times a second, and only when it cannot be known from before. */
export function publishClock(clock: SimulatedClock, emit: Emit, machine: Clock): () => void {
  let last = clock.state();
  let closed = false;
  let isWaiting = false;
  const publish = () => {
    const state = clock.state();
    if (closed || isSame(last, state)) return;
    last = state;
    emit('simulation:clock-changed', state);
  };
  const remove = clock.onChange(() => {
    if (isWaiting || closed) return;
    isWaiting = true;
    void machine.sleep(pauseMilliseconds).then(() => {
      isWaiting = false;
      publish();
    });
  });
  return () => {
    closed = true;
    remove();
  };
}

/** Time that passes by itself, and what comes next meanwhile, is no news. */
function isSame(before: ClockState, now: ClockState): boolean {
  if (before.mode !== now.mode) return false;
  if (clockRate(now.mode) > 0) return (before.waiting === 0) === (now.waiting === 0);
  return (
    before.milliseconds === now.milliseconds &&
    before.waiting === now.waiting &&
    before.next?.what === now.next?.what &&
    before.next?.at === now.next?.at
  );
}
