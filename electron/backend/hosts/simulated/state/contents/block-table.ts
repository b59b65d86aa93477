import { createHash } from 'node:crypto';
import type { ContentTag } from './tags.ts';

/** Blocks from `from` up to but not including `to` that hold what the tag stands for. */
export interface TaggedBlocks {
  readonly from: number;
  readonly to: number;
  readonly tag: ContentTag;
}

/** Blocks whose runs stand in one list: short lists are quickly changed, and few lists are quickly gone through. */
const chunkBlocks = 2 ** 16;

/** What each logical block of a namespace holds, in runs: nothing is kept for a block by itself. */
export class BlockTable {
  readonly blocks: number;
  /** Chunks in which not all is `#rest`. Their runs lie side by side from the first block of the chunk to its last one. */
  readonly #chunks = new Map<number, TaggedBlocks[]>();
  #rest: ContentTag;
  #runs = 0;

  constructor(tag: ContentTag, blocks: number) {
    this.#rest = tag;
    this.blocks = blocks;
  }

  /** Runs that are kept, about. */
  get size(): number {
    return this.#runs;
  }

  /** What lies beyond the end is none of its contents. */
  set({ from, to, tag }: TaggedBlocks): void {
    const end = Math.min(to, this.blocks);
    if (from <= 0 && end === this.blocks) {
      this.#chunks.clear();
      this.#runs = 0;
      this.#rest = tag;
      return;
    }
    for (let at = Math.max(0, from); at < end; ) {
      const index = Math.floor(at / chunkBlocks);
      const next = Math.min(end, (index + 1) * chunkBlocks);
      this.#setInChunk(index, { from: at, to: next, tag });
      at = next;
    }
  }

  /** The runs of a range, ascending; neighbours with the same tag are one. */
  *runs(from = 0, to = this.blocks): Generator<TaggedBlocks> {
    let open: { from: number; to: number; tag: ContentTag } | null = null;
    for (const { from: begin, to: end, tag } of this.#pieces(Math.max(0, from), Math.min(to, this.blocks))) {
      if (open !== null && open.tag === tag && open.to === begin) open.to = end;
      else {
        if (open !== null) yield open;
        open = { from: begin, to: end, tag };
      }
    }
    if (open !== null) yield open;
  }

  /** 16 hexadecimal digits that are equal when the contents are; those of one run are its tag. */
  digest(): ContentTag {
    const hash = createHash('sha256');
    let count = 0;
    let only = this.#rest;
    for (const { to, tag } of this.runs()) {
      hash.update(`${to}:${tag} `);
      only = tag;
      count++;
    }
    return count === 1 ? only : hash.digest('hex').slice(0, 16);
  }

  *#pieces(from: number, to: number): Generator<TaggedBlocks> {
    for (let at = from; at < to; ) {
      const index = Math.floor(at / chunkBlocks);
      const end = Math.min(to, (index + 1) * chunkBlocks);
      const runs = this.#chunks.get(index);
      if (runs === undefined) yield { from: at, to: end, tag: this.#rest };
      else
        for (const run of runs)
          if (run.to > at && run.from < end)
            yield { from: Math.max(at, run.from), to: Math.min(end, run.to), tag: run.tag };
      at = end;
    }
  }

  #setInChunk(index: number, set: TaggedBlocks): void {
    const first = index * chunkBlocks;
    const end = Math.min(this.blocks, first + chunkBlocks);
    const known = this.#chunks.get(index);
    const before = known?.length ?? 0;
    const runs = known ?? [{ from: first, to: end, tag: this.#rest }];
    // Those that it touches, found by halves: they lie side by side.
    let low = 0;
    for (let high = runs.length - 1; low < high; ) {
      const middle = (low + high) >> 1;
      if ((runs[middle]?.to ?? 0) <= set.from) low = middle + 1;
      else high = middle;
    }
    let last = low;
    while (last < runs.length - 1 && (runs[last]?.to ?? 0) < set.to) last++;
    const [left, right] = [runs[low], runs[last]];
    const made = [
      ...(left !== undefined && left.from < set.from
        ? [{ from: left.from, to: set.from, tag: left.tag }]
        : []),
      set,
      ...(right !== undefined && right.to > set.to ? [{ from: set.to, to: right.to, tag: right.tag }] : []),
    ];
    runs.splice(low, last - low + 1, ...made);
    this.#runs += runs.length - before;
    this.#chunks.set(index, runs);
  }
}
