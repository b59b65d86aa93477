/** Bytes of a page. */
export const pageBytes = 4096;
/** Pages in one piece of the table. */
const piecePages = 4096;

/** A page of 4 KiB by its number, and which of all writes to the guest's memory was the last one to it. */
export interface PageContent {
  readonly page: number;
  /** 1-based number of that write; 0: nothing wrote to it since the table was begun. */
  readonly write: number;
}

/**
 * Stands for the contents of a guest's memory while it is sent: what it held when that began, and of each page which write
 * was the last one. Two memories with the same beginning hold the same bytes exactly when every page had the same last
 * write, so source and destination can be compared without any byte being kept.
 */
export class GuestMemory {
  /** Contents when the table was begun, 16 hexadecimal digits. */
  readonly beginning: string;
  readonly #pages: number;
  readonly #pieces = new Map<number, Uint32Array>();
  /** Sums over all pages that were written to, so that the digest is never counted anew. */
  #low = 0;
  #high = 0;
  #writes = 0;

  constructor(beginning: string, memoryBytes: number) {
    this.beginning = beginning;
    this.#pages = Math.ceil(memoryBytes / pageBytes);
  }

  /** The last write to a page; 0 when there was none. */
  lastWrite(page: number): number {
    return this.#pieces.get(Math.floor(page / piecePages))?.[page % piecePages] ?? 0;
  }

  /** Somebody writes to a page now. What is no page of this memory is none of its contents. */
  write(page: number): void {
    if (page >= this.#pages) return;
    this.#writes++;
    this.set({ page, write: this.#writes });
  }

  /** What a page is said to hold. */
  set({ page, write }: PageContent): void {
    const index = Math.floor(page / piecePages);
    let piece = this.#pieces.get(index);
    if (piece === undefined) {
      if (write === 0) return;
      piece = new Uint32Array(piecePages);
      this.#pieces.set(index, piece);
    }
    const before = piece[page % piecePages] ?? 0;
    if (before === write) return;
    piece[page % piecePages] = write;
    if (before !== 0) this.#count(page, before, -1);
    if (write !== 0) this.#count(page, write, 1);
  }

  /** Pages from `from` up to but not including `to` that were written to, ascending. */
  *written(from: number, to: number): Generator<PageContent> {
    for (let page = from; page < to; ) {
      const end = Math.min(to, (Math.floor(page / piecePages) + 1) * piecePages);
      const piece = this.#pieces.get(Math.floor(page / piecePages));
      if (piece !== undefined)
        for (let at = page; at < end; at++) {
          const write = piece[at % piecePages] ?? 0;
          if (write !== 0) yield { page: at, write };
        }
      page = end;
    }
  }

  /** 16 hexadecimal digits that are equal when the contents are. */
  digest(): string {
    if (this.#low === 0 && this.#high === 0) return this.beginning;
    const half = (from: number, sum: number) =>
      mixed(Number.parseInt(this.beginning.slice(from, from + 8), 16) >>> 0, sum)
        .toString(16)
        .padStart(8, '0');
    return half(0, this.#low) + half(8, this.#high);
  }

  #count(page: number, write: number, sign: 1 | -1): void {
    this.#low = (this.#low + sign * mixed(page, write)) >>> 0;
    this.#high = (this.#high + sign * mixed(write ^ 0x9e3779b9, page)) >>> 0;
  }
}

/** Two numbers of 32 bits made into one that says nothing of either. */
function mixed(one: number, other: number): number {
  let value = Math.imul(one ^ 0x85ebca6b, 0xc2b2ae35) ^ Math.imul(other + 0x27d4eb2f, 0x165667b1);
  value = Math.imul(value ^ (value >>> 15), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
