import type { MeasuredRound } from './convergence.ts';

/** Rounds among which a low is looked for: some seconds of a migration that waits. */
export const lowWindow = 32;
/** Rounds after which nobody waits for a low any longer. */
export const longestWaitForLow = 40;
/** So near to the least of the window counts as low. */
const nearLow = 1.05;
/** What falls by more than this share in a round has not come to its low yet. */
const stillFalling = 0.95;

/** What a migration waits for that is to be switched over at the next low. */
export interface WaitsForLow {
  /** What may be left then, bytes, as far as the rounds so far tell. */
  readonly atMostBytes: number;
  /** After so many more rounds it is switched over anyhow. */
  readonly roundsLeft: number;
}

/**
 * Whether what is left is at a low: near the least of the last rounds, and not falling any more, or as low as it has been at
 * an earlier low. When it has been waited for long enough, every round is.
 * @param rounds oldest first
 * @param since rounds since the low began to be waited for
 */
export function isAtLow(rounds: readonly Pick<MeasuredRound, 'leftBytes'>[], since: number): boolean {
  const window = rounds.slice(-lowWindow).map(({ leftBytes }) => leftBytes);
  const last = window.at(-1);
  if (last === undefined || last === 0 || since >= longestWaitForLow) return true;
  if (last > nearLow * Math.min(...window)) return false;
  const previous = window.at(-2);
  const isFalling = previous !== undefined && last < previous * stillFalling;
  return !isFalling || earlierLows(window).some((low) => last <= nearLow * low);
}

/** What is waited for after these rounds. */
export function waitsForLow(rounds: readonly Pick<MeasuredRound, 'leftBytes'>[], since: number): WaitsForLow {
  const window = rounds.slice(-lowWindow).map(({ leftBytes }) => leftBytes);
  return {
    atMostBytes: Math.round(nearLow * Math.min(...window)),
    roundsLeft: Math.max(0, longestWaitForLow - since),
  };
}

/** Rounds that left less than the ones before and after them. */
function earlierLows(window: readonly number[]): number[] {
  return window.filter((left, index) => {
    const [before, after] = [window[index - 1], window[index + 1]];
    return before !== undefined && after !== undefined && left < before && left < after;
  });
}
