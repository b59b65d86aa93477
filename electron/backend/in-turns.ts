import type { Pieces } from '#shared/bounds/pieces.ts';
import { giveWay } from './event-loop.ts';

/** Milliseconds of one turn: nobody notices it, and the way to the next one costs little beside it. */
const longestTurn = 10;

export interface TurnOptions {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Resolves when everything else had its turn. */
  readonly giveWay: () => Promise<void>;
}

const machine: TurnOptions = { now: () => performance.now(), giveWay };

/**
 * Does a long piece of work without keeping anything else waiting: after each turn of some milliseconds, timers, messages
 * and the window have theirs. Whoever calls must expect that everything else goes on meanwhile.
 */
export async function inTurns<T>(work: Pieces<T>, { now, giveWay }: TurnOptions = machine): Promise<T> {
  for (let began = now(); ; ) {
    const piece = work.next();
    if (piece.done) return piece.value;
    if (now() - began < longestTurn) continue;
    await giveWay();
    began = now();
  }
}
