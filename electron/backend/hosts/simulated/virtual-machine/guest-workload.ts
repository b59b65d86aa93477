import type { FileWorkload } from '#shared/fleet-file/schema.ts';

const pageBytes = 4096;
const microseconds = 1_000_000;
/** Different draws of one event. */
const streams = { page: 1, hot: 2, readAddress: 3, slba: 4 } as const;

/** What a guest did in a stretch of time: event numbers, from which every detail is drawn. */
export interface GuestActivity {
  readonly pages: { readonly from: number; readonly to: number };
  readonly reads: { readonly from: number; readonly to: number };
  readonly writes: { readonly from: number; readonly to: number };
}

/**
 * What a guest does while it runs. Events are numbered, and each one's details are drawn from its number and the seed,
 * so the same guest does the same whether it is looked at every millisecond or once an hour, and events that nobody
 * watches cost nothing.
 */
export class GuestWorkload {
  readonly file: FileWorkload;
  readonly #seed: number;
  readonly #pages: number;
  readonly #cycle: number;
  #ran: number;

  /** `workedMicroseconds`: how long it has run already. */
  constructor(options: {
    workload: FileWorkload;
    memoryBytes: number;
    seed: number;
    workedMicroseconds?: number;
  }) {
    this.file = options.workload;
    this.#seed = options.seed;
    this.#ran = options.workedMicroseconds ?? 0;
    this.#pages = Math.max(1, Math.floor(options.memoryBytes / pageBytes));
    this.#cycle = options.workload.phases.reduce((sum, phase) => sum + phase.seconds * microseconds, 0);
  }

  /** Microseconds for which it has run. */
  get workedMicroseconds(): number {
    return this.#ran;
  }

  /** Runs for so many microseconds more. */
  run(elapsed: number): GuestActivity {
    const before = this.#ran;
    this.#ran += elapsed;
    const count = (perSecond: number, at: number) => Math.floor((perSecond * at) / microseconds);
    const { readsPerSecond, writesPerSecond } = this.file;
    return {
      pages: { from: this.#pagesUntil(before), to: this.#pagesUntil(this.#ran) },
      reads: { from: count(readsPerSecond, before), to: count(readsPerSecond, this.#ran) },
      writes: { from: count(writesPerSecond, before), to: count(writesPerSecond, this.#ran) },
    };
  }

  /**
   * Distinct pages of 4 KiB that its processors write in one second of the phase that runs now, as they fall on average:
   * what a hypervisor's dirty rate measurement finds (`virsh domdirtyrate-calc`, `domstats --dirtyrate`).
   */
  dirtyPagesPerSecond(): number {
    const phase = this.#phaseAt(this.#ran);
    if (phase === undefined) return 0;
    const hot = Math.min(this.#pages, Math.floor((phase.hotBytes ?? 0) / pageBytes));
    const hotWrites = hot > 0 ? phase.pagesPerSecond * phase.hotShare : 0;
    const untouched = (1 - 1 / this.#pages) ** (phase.pagesPerSecond - hotWrites);
    const untouchedHot = hot > 0 ? untouched * (1 - 1 / hot) ** hotWrites : 0;
    return Math.round(hot * (1 - untouchedHot) + (this.#pages - hot) * (1 - untouched));
  }

  /** Page that a processor writes to with its event `index`. */
  page(index: number): number {
    const phase = this.#phaseOf(index);
    const hotPages = Math.min(this.#pages, Math.floor((phase?.hotBytes ?? 0) / pageBytes));
    const isHot = hotPages > 0 && this.#draw(streams.hot, index) < (phase?.hotShare ?? 0);
    return Math.floor(this.#draw(streams.page, index) * (isHot ? hotPages : this.#pages));
  }

  /** Address that the data of read `index` goes to: page-aligned, and all of it inside the guest's memory. */
  readAddress(index: number, bytes: number): bigint {
    const last = Math.max(1, this.#pages - Math.ceil(bytes / pageBytes) + 1);
    return BigInt(Math.floor(this.#draw(streams.readAddress, index) * last)) * BigInt(pageBytes);
  }

  /** First logical block of write `index`, in a namespace of `blocks` blocks. */
  firstBlock(index: number, blocks: bigint, length: number): bigint {
    const last = Number(blocks) - length + 1;
    return BigInt(Math.floor(this.#draw(streams.slba, index) * Math.max(1, last)));
  }

  #pagesUntil(at: number): number {
    const whole = Math.floor(at / this.#cycle);
    let rest = at - whole * this.#cycle;
    let pages = whole * this.#pagesOfCycle();
    for (const phase of this.file.phases) {
      const length = Math.min(rest, phase.seconds * microseconds);
      pages += Math.floor((phase.pagesPerSecond * length) / microseconds);
      rest -= length;
    }
    return pages;
  }

  #pagesOfCycle(): number {
    return this.file.phases.reduce(
      (sum, { seconds, pagesPerSecond }) => sum + Math.floor(seconds * pagesPerSecond),
      0,
    );
  }

  #phaseAt(microsecond: number): FileWorkload['phases'][number] | undefined {
    let rest = microsecond % this.#cycle;
    return this.file.phases.find((phase) => {
      rest -= phase.seconds * microseconds;
      return rest < 0;
    });
  }

  #phaseOf(index: number): FileWorkload['phases'][number] | undefined {
    let rest = index % Math.max(1, this.#pagesOfCycle());
    return this.file.phases.find(({ seconds, pagesPerSecond }) => {
      rest -= Math.floor(seconds * pagesPerSecond);
      return rest < 0;
    });
  }

  /** Uniform in [0, 1), from the seed, the stream and the number of the event alone. */
  #draw(stream: number, index: number): number {
    let mixed = (this.#seed ^ Math.imul(stream, 0x9e3779b1)) >>> 0;
    mixed = Math.imul(mixed ^ (index >>> 0), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13) ^ Math.floor(index / 0x1_0000_0000), 0xc2b2ae35);
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x27d4eb2f);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x1_0000_0000;
  }
}
