import { Pacer, type Pieces } from '#shared/bounds/pieces.ts';
import {
  encodeGranuleRuns,
  type GranuleRun,
  visitGranuleRuns,
} from '#shared/fleet-file/tracking/granule-runs.ts';
import type { MemoryRange } from '#shared/nvme/layouts/tracking/track-memory-data.ts';
import type { TrackedMemoryChange } from '#shared/nvme/layouts/tracking/tracked-memory-changes.ts';

/** Granules in one piece of the bitmap. */
const pieceGranules = 32_768;
const wordsOfPiece = pieceGranules / 32;
const largestLength = 0xffffffff;
/** Granules that are noted between two pauses. */
const granulesAtOnce = 500_000;

/**
 * Which granules of host memory a controlled function wrote to since they were last reported. The bitmap has pieces
 * only where something was written, because guests have far more memory than they change.
 */
export class MemoryTracker {
  /** Granularity exponent: 2^n times 4 KiB. */
  readonly exponent: number;
  readonly ranges: readonly MemoryRange[];
  /** Granules of all ranges. */
  readonly granules: number;
  readonly #granule: bigint;
  /** The one range, from address 0 on, in granules; 0: it tracks something else. */
  readonly #whole: number;
  readonly #pieces = new Map<number, Uint32Array>();
  #dirty = 0;
  /** What `changedToFile` said last; null: something has changed since. */
  #written: string | null = null;

  constructor(exponent: number, ranges: readonly MemoryRange[]) {
    this.exponent = exponent;
    this.ranges = ranges;
    this.granules = ranges.reduce((sum, range) => sum + range.len, 0);
    this.#granule = 4096n << BigInt(exponent);
    const [only, ...others] = ranges;
    this.#whole = only?.saddr === 0n && others.length === 0 ? only.len : 0;
  }

  /** Granules that are noted as changed. */
  get dirty(): number {
    return this.#dirty;
  }

  /** The device wrote `length` bytes at `address`; only what lies in a tracked range counts. */
  written(address: bigint, length: number): void {
    const end = address + BigInt(length);
    for (const range of this.ranges) {
      const from = address > range.saddr ? address : range.saddr;
      const rangeEnd = range.saddr + BigInt(range.len) * this.#granule;
      const to = end < rangeEnd ? end : rangeEnd;
      if (from >= to) continue;
      const last = Number((to - 1n) / this.#granule);
      for (let granule = Number(from / this.#granule); granule <= last; granule++) this.#mark(granule);
    }
  }

  /** One granule was written to, by its number: what a processor does millions of times. */
  granuleWritten(granule: number): void {
    if (granule < this.#whole) this.#mark(granule);
    else this.written(BigInt(granule) * this.#granule, 1);
  }

  /** Everything that is noted, as a fleet file writes it; nothing is taken. */
  changedToFile(): string {
    this.#written ??= encodeGranuleRuns(this.#runs());
    return this.#written;
  }

  /** Notes what a fleet file says, which was checked; nothing else is noted yet. */
  *restoreChanged(text: string): Pieces<void> {
    this.#written = null;
    const runs: GranuleRun[] = [];
    yield* visitGranuleRuns(text, (from, count) => runs.push({ from, count }));
    const pacer = new Pacer(granulesAtOnce);
    for (const { from, count } of runs)
      for (let at = from; at < from + count; ) {
        const index = Math.floor(at / pieceGranules);
        const end = Math.min(from + count, (index + 1) * pieceGranules);
        if (end - at === pieceGranules)
          this.#pieces.set(index, new Uint32Array(wordsOfPiece).fill(0xffffffff));
        else for (let granule = at; granule < end; granule++) this.#mark(granule);
        yield* pacer.did(end - at);
        at = end;
      }
    this.#dirty = runs.reduce((sum, { count }) => sum + count, 0);
  }

  *#runs(): Generator<GranuleRun> {
    let from = 0;
    let count = 0;
    for (const index of [...this.#pieces.keys()].sort((left, right) => left - right)) {
      const piece = this.#pieces.get(index) ?? new Uint32Array();
      for (const [place, word] of piece.entries()) {
        if (word === 0) continue;
        for (let bit = 0; bit < 32; bit++) {
          if (((word >>> bit) & 1) === 0) continue;
          const granule = index * pieceGranules + place * 32 + bit;
          if (count > 0 && granule === from + count) count++;
          else {
            if (count > 0) yield { from, count };
            from = granule;
            count = 1;
          }
        }
      }
    }
    if (count > 0) yield { from, count };
  }

  #mark(granule: number): void {
    const index = Math.floor(granule / pieceGranules);
    let piece = this.#pieces.get(index);
    if (!piece) {
      piece = new Uint32Array(wordsOfPiece);
      this.#pieces.set(index, piece);
    }
    const at = granule % pieceGranules;
    const word = piece[at >> 5] ?? 0;
    const bit = (1 << (at & 31)) >>> 0;
    if ((word & bit) !== 0) return;
    piece[at >> 5] = word | bit;
    this.#dirty++;
    this.#written = null;
  }

  /**
   * Takes out up to `most` changed stretches of together up to `mostGranules`, ascending: what was taken is no longer noted.
   */
  take(most: number, mostGranules = Number.POSITIVE_INFINITY): readonly TrackedMemoryChange[] {
    this.#written = null;
    const taken: { saddr: bigint; len: number }[] = [];
    let next = -1;
    let granules = 0;
    for (const index of [...this.#pieces.keys()].sort((left, right) => left - right)) {
      const piece = this.#pieces.get(index);
      if (!piece) continue;
      for (let at = 0; at < pieceGranules; at++) {
        const word = piece[at >> 5] ?? 0;
        if (word === 0) {
          at |= 31;
          continue;
        }
        if ((word & (1 << (at & 31))) === 0) continue;
        if (granules === mostGranules) return taken;
        granules++;
        const granule = index * pieceGranules + at;
        const current = taken.at(-1);
        if (current && granule === next && current.len < largestLength) current.len++;
        else if (taken.length === most) return taken;
        else taken.push({ saddr: BigInt(granule) * this.#granule, len: 1 });
        next = granule + 1;
        piece[at >> 5] = (word & ~(1 << (at & 31))) >>> 0;
        this.#dirty--;
      }
      this.#pieces.delete(index);
    }
    return taken;
  }
}
