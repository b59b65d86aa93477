/**
 * A long piece of work, cut up: it yields after each short part, so that whoever drives it can let everything else have
 * its turn in between, or give up. What it returns is the result.
 */
export type Pieces<T> = Generator<void, T, void>;

/** What a piece of work makes, without a pause: where nobody waits, or where it is known to be small. */
export function atOnce<T>(work: Pieces<T>): T {
  for (;;) {
    const turn = work.next();
    if (turn.done) return turn.value;
  }
}

/** Says when a piece of work is over, by counting what was done. */
export class Pacer {
  private readonly most: number;
  private done = 0;

  /** @param most of what it counts in one piece; some milliseconds of work */
  constructor(most: number) {
    this.most = most;
  }

  /** So much more was done: yields when it is enough for one piece. */
  *did(more = 1): Pieces<void> {
    this.done += more;
    if (this.done < this.most) return;
    this.done = 0;
    yield;
  }
}
