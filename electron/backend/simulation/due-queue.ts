/** Something that waits for a time. */
export interface Due {
  /** Simulated microseconds. */
  readonly due: number;
  readonly what: string;
  readonly end: () => void;
}

/** What waits, earliest first; of two that are due at the same time the one that came first. */
export class DueQueue {
  readonly #entries: Due[] = [];

  get size(): number {
    return this.#entries.length;
  }

  get next(): Due | undefined {
    return this.#entries[0];
  }

  /** Answers what takes it out again. */
  add(due: number, what: string, end: () => void): () => void {
    const entry: Due = { due, what, end };
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.due ?? 0) <= due) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, entry);
    return () => {
      const index = this.#entries.indexOf(entry);
      if (index >= 0) this.#entries.splice(index, 1);
    };
  }

  /** Takes out what is due first. */
  take(): Due | undefined {
    return this.#entries.shift();
  }
}
