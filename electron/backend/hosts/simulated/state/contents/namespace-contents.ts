import type { FileNamespaceContents } from '#shared/fleet-file/namespace/contents-schema.ts';
import { BlockTable, type TaggedBlocks } from './block-table.ts';
import { type ContentTag, tagOf, zeroTag } from './tags.ts';

/** Runs that a fleet file holds; of more, it holds one tag for all of them. */
const mostRunsInFile = 20_000;

/**
 * What a namespace holds, without a byte of it. As long as nobody copies it one tag and the number of writes since stand for
 * all of it, which costs nothing. While somebody does, it is told apart by runs of blocks, so that the copy can be compared
 * with it block by block.
 */
export class NamespaceContents {
  /** What it held in the beginning: no other namespace did, so what is written here is never what is written there. */
  readonly #own: ContentTag;
  #tag: ContentTag;
  /** Writes since all of it was `#tag`, while it is not told apart. */
  #writes = 0;
  #table: BlockTable | null = null;
  #changes = 0;

  /** `tag`: what it holds in the beginning. */
  constructor(tag: ContentTag) {
    this.#own = tag;
    this.#tag = tag;
  }

  /** Another one after each change. */
  get changes(): number {
    return this.#changes;
  }

  /** It is told apart by blocks. */
  get isToldApart(): boolean {
    return this.#table !== null;
  }

  /** 16 hexadecimal digits that are equal when the contents are. */
  digest(): string {
    return this.#table?.digest() ?? this.#wholeTag();
  }

  /** Somebody copies it from now on: it is told apart. */
  tellApart(blocks: number): void {
    if (this.#table !== null) return;
    this.#table = new BlockTable(this.#wholeTag(), blocks);
    this.#tag = this.#wholeTag();
    this.#writes = 0;
    this.#changes++;
  }

  /** Nobody copies it any more: one tag stands for all of it, which is its digest. */
  joinAgain(): void {
    if (this.#table === null) return;
    this.#tag = this.#table.digest();
    this.#table = null;
    this.#writes = 0;
    this.#changes++;
  }

  /** Somebody who is not watched wrote so often. */
  writtenSomewhere(times: number): void {
    if (times === 0) return;
    this.joinAgain();
    this.#writes += times;
    this.#changes++;
  }

  /** Somebody writes these blocks now. */
  write(from: number, to: number): void {
    this.#changes++;
    this.#writes++;
    this.#table?.set({ from, to, tag: tagOf(this.#own, this.#tag, this.#writes) });
  }

  /** All of it is zeroes now, as after Format NVM. */
  erase(): void {
    this.#table = null;
    this.#tag = zeroTag;
    this.#writes = 0;
    this.#changes++;
  }

  /** What a range holds. Only of one that is told apart. */
  runs(from: number, to: number): readonly TaggedBlocks[] {
    return this.#table === null ? [] : [...this.#table.runs(from, to)];
  }

  /** A copy arrives. Only at one that is told apart. */
  receive(runs: readonly TaggedBlocks[]): void {
    for (const run of runs) this.#table?.set(run);
    this.#changes++;
  }

  /** As a fleet file writes it; undefined when it is still what it was in the beginning. */
  toFile(): FileNamespaceContents | undefined {
    const table = this.#table;
    if (table === null)
      return this.#tag === this.#own && this.#writes === 0
        ? undefined
        : { tag: this.#tag, writes: this.#writes };
    if (table.size > mostRunsInFile) return { tag: table.digest(), writes: 0 };
    const tags = new Map<ContentTag, number>();
    const runs: number[] = [];
    for (const { from, to, tag: held } of table.runs()) {
      if (!tags.has(held)) tags.set(held, tags.size);
      runs.push(to - from, tags.get(held) ?? 0);
    }
    return { tag: this.#tag, writes: this.#writes, apart: { tags: [...tags.keys()], runs } };
  }

  /** Continues where a fleet file, which was checked, left off. */
  restore({ tag, writes, apart }: FileNamespaceContents, blocks: number): void {
    this.#tag = tag;
    this.#writes = writes;
    if (apart === undefined) return;
    this.#table = new BlockTable(tag, blocks);
    let from = 0;
    for (let index = 0; index + 1 < apart.runs.length; index += 2) {
      const to = from + (apart.runs[index] ?? 0);
      this.#table.set({ from, to, tag: apart.tags[apart.runs[index + 1] ?? 0] ?? tag });
      from = to;
    }
  }

  #wholeTag(): ContentTag {
    return this.#writes === 0 ? this.#tag : tagOf(this.#own, this.#tag, 'written', this.#writes);
  }
}
