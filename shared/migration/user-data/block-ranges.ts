/** Logical blocks from `from` up to but not including `to`. */
export interface BlockRange {
  readonly from: number;
  readonly to: number;
}

/** Ranges that are told apart; where there are more, the nearest ones become one, with what lies between them. */
const mostRanges = 2 ** 17;
/** Ranges that are taken in before they are put in order. */
const mostUnsorted = 2 ** 14;

/** A set of logical blocks of one namespace, in ranges that neither overlap nor touch, ascending. */
export class BlockRanges {
  #sorted: readonly BlockRange[] = [];
  #unsorted: BlockRange[] = [];

  constructor(ranges: readonly BlockRange[] = []) {
    for (const { from, to } of ranges) this.add(from, to);
  }

  /** Empty ranges add nothing. */
  add(from: number, to: number): void {
    if (to <= from) return;
    this.#unsorted.push({ from, to });
    if (this.#unsorted.length >= mostUnsorted) this.#sort();
  }

  /** Blocks in it. */
  get blocks(): number {
    return this.#sort().reduce((sum, { from, to }) => sum + to - from, 0);
  }

  get isEmpty(): boolean {
    return this.#sorted.length + this.#unsorted.length === 0;
  }

  /** All of it. */
  list(): readonly BlockRange[] {
    return this.#sort();
  }

  /** In at most so many ranges, which may hold more blocks than there are in it, and never fewer. */
  inAtMost(most: number): readonly BlockRange[] {
    return joinedNearest(this.#sort(), most);
  }

  #sort(): readonly BlockRange[] {
    if (this.#unsorted.length === 0) return this.#sorted;
    const all = [...this.#sorted, ...this.#unsorted].sort((one, other) => one.from - other.from);
    this.#unsorted = [];
    this.#sorted = joinedNearest(joined(all), mostRanges);
    return this.#sorted;
  }
}

/** What overlaps or touches becomes one. */
function joined(ascending: readonly BlockRange[]): BlockRange[] {
  const ranges: BlockRange[] = [];
  let last: { from: number; to: number } | null = null;
  for (const { from, to } of ascending) {
    if (last !== null && from <= last.to) last.to = Math.max(last.to, to);
    else {
      last = { from, to };
      ranges.push(last);
    }
  }
  return ranges;
}

function joinedNearest(ranges: readonly BlockRange[], most: number): readonly BlockRange[] {
  if (ranges.length <= most) return ranges;
  const gaps = ranges.slice(1).map(({ from }, index) => from - (ranges[index]?.to ?? 0));
  const kept = Math.max(0, most - 1);
  // The widest gaps stay; of equally wide ones, the first.
  const widest = gaps
    .map((gap, index) => ({ gap, index }))
    .sort((one, other) => other.gap - one.gap || one.index - other.index)
    .slice(0, kept);
  const stays = new Set(widest.map(({ index }) => index));
  const result: { from: number; to: number }[] = [];
  for (const [index, { from, to }] of ranges.entries()) {
    const last = result.at(-1);
    if (last === undefined || stays.has(index - 1)) result.push({ from, to });
    else last.to = to;
  }
  return result;
}
