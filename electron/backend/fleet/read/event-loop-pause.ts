import { giveWay } from '../../event-loop.ts';

/** Answers and functions that are dealt with before everything else has its turn: some milliseconds of work. */
const stepsPerTurn = 16;

/** To be awaited between two steps of a long piece of work. */
export type EventLoopPause = () => Promise<void>;

/**
 * Lets timers, messages and the window have their turn now and then. Simulated devices answer at once, so that reading a
 * large fleet of them would otherwise be one uninterrupted piece of work. Those who work side by side share one count.
 * It counts steps and does not look at the time, because pauses that depend on the machine's speed would change the order
 * of commands from one discovery to the next.
 */
export function createEventLoopPause(): EventLoopPause {
  let steps = 0;
  let turn: Promise<void> | null = null;
  return async () => {
    while (steps >= stepsPerTurn) {
      turn ??= giveWay().then(() => {
        steps = 0;
        turn = null;
      });
      await turn;
    }
    steps++;
  };
}
