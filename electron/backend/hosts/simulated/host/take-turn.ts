import { fail, type Result } from '#shared/result.ts';
import type { Clock } from '../../../ports.ts';

/**
 * Asked before anything on a simulated host changes. null: it may go on at once. While the clock is paused it waits for a
 * step; `cancelled` when what waits is given up.
 */
export type TakeTurn = (what: string) => Promise<'passed' | 'cancelled'> | null;

/** `cancelled`: resolves when waiting is to be given up. */
export function createTurns(clock: Clock, cancelled: () => Promise<void>): TakeTurn {
  return (what) => {
    const over = new AbortController();
    const turn = clock.turn?.(what, over.signal) ?? null;
    if (turn === null) return null;
    return Promise.race([
      turn.then(() => 'passed' as const),
      cancelled().then(() => 'cancelled' as const),
    ]).finally(() => over.abort());
  };
}

/** What waited for the clock and was given up has not begun. */
export function givenUpWhilePaused(what: string, object: string): Result<never> {
  return fail('aborted', `It was given up before it began, while the simulated clock was paused: ${what}`, {
    object,
    fix: 'Let the simulated clock run, or step it (F10), and start again',
  });
}
