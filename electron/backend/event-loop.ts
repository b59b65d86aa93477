/** Turns asked for since the program began. The event loop is one for the whole process, and so is this count. */
let given = 0;

/**
 * Lets timers, messages and the window have their turn, in the middle of a longer piece of work. Everything that works in
 * pieces does it here, because a simulated clock that runs as fast as possible jumps ahead once nobody is at work: a turn
 * that only passes by is told from one that was given by `turnsGiven`.
 */
export function giveWay(): Promise<void> {
  given += 1;
  return new Promise((resolve) => setImmediate(resolve));
}

/** How often a turn was given. While this goes up, somebody is at work and has not come to its end. */
export const turnsGiven = (): number => given;
