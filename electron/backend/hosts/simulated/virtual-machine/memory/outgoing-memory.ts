import type { TrackedMemoryChange } from '#shared/nvme/layouts/tracking/tracked-memory-changes.ts';
import { MemoryTracker } from '../../state/memory-tracker.ts';
import { type GuestMemory, pageBytes } from './guest-memory.ts';

/** Pages of 4 KiB from `from` up to but not including `to`. */
export interface PageRun {
  readonly from: number;
  readonly to: number;
}

/** What of a guest's memory its destination does not have yet: first everything, then what was written meanwhile. */
export class OutgoingMemory {
  /** Tells this attempt from all others: what arrived of another one is of no use. */
  readonly stream: string;
  readonly contents: GuestMemory;
  readonly #memoryBytes: number;
  readonly #pages: number;
  #changed: MemoryTracker;
  /** Pages from here on were never sent. */
  #next = 0;

  constructor(stream: string, memoryBytes: number, contents: GuestMemory) {
    this.stream = stream;
    this.contents = contents;
    this.#memoryBytes = memoryBytes;
    this.#pages = Math.ceil(memoryBytes / pageBytes);
    this.#changed = new MemoryTracker(0, [{ saddr: 0n, len: this.#pages }]);
  }

  /** Bytes that are known to be missing at the destination. */
  get leftBytes(): number {
    const whole = this.#pages - this.#next + this.#changed.dirty;
    return Math.min(whole * pageBytes, this.#memoryBytes);
  }

  /** The first page that was never sent; all of them were when it is the number of pages. */
  get next(): number {
    return this.#next;
  }

  /** These pages were written to. */
  changed(changes: readonly TrackedMemoryChange[]): void {
    for (const { saddr, len } of changes) this.#changed.written(saddr, len * pageBytes);
  }

  /** Nobody knows what was written to: everything is sent again. */
  startOver(): void {
    this.#next = 0;
    this.#changed = new MemoryTracker(0, [{ saddr: 0n, len: this.#pages }]);
  }

  /** Takes out what is sent next, at most so many pages. */
  take(mostPages: number): { readonly first: PageRun | null; readonly again: readonly PageRun[] } {
    const to = Math.min(this.#pages, this.#next + mostPages);
    const first = to > this.#next ? { from: this.#next, to } : null;
    this.#next = to;
    const rest = mostPages - (first === null ? 0 : first.to - first.from);
    const again = rest <= 0 ? [] : this.#changed.take(Number.POSITIVE_INFINITY, rest).map(runOf);
    return { first, again };
  }

  /** What was taken did not arrive. */
  giveBack({ first, again }: ReturnType<OutgoingMemory['take']>): void {
    if (first !== null) this.#next = first.from;
    for (const { from, to } of again)
      this.#changed.written(BigInt(from) * BigInt(pageBytes), (to - from) * pageBytes);
  }
}

function runOf({ saddr, len }: TrackedMemoryChange): PageRun {
  const from = Number(saddr) / pageBytes;
  return { from, to: from + len };
}
