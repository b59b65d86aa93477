import type { Pieces } from '../bounds/pieces.ts';

/** What a piece of work makes, and in how many pieces it made that. */
export function countPieces<T>(work: Pieces<T>): { readonly result: T; readonly pieces: number } {
  for (let pieces = 1; ; pieces += 1) {
    const turn = work.next();
    if (turn.done) return { result: turn.value, pieces };
  }
}
