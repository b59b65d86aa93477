import type { FileDmaLogging } from '#shared/fleet-file/tracking/tracking-schema.ts';
import type { FeatureAnswer } from '#shared/platform/feature-levels.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { TrackingCommands, WrittenMemory } from './tracking-commands.ts';

/** A stretch of the device's address space, in bytes. */
export interface DmaRange {
  readonly address: bigint;
  readonly length: bigint;
}

const smallestPage = 4096;
/** Bytes of one range in the kernel's request, which must fit a page. */
const rangeBytes = 16;
const largestLength = 0xffffffffn;

/**
 * VFIO's DMA logging (Linux uAPI, VFIO_DEVICE_FEATURE_DMA_LOGGING_*): which pages the device wrote to. Reads of memory
 * do not count. The driver turns it into Track Send and Track Receive of the controlling function.
 */
export class DmaLogging {
  readonly #address: string;
  readonly #commands: TrackingCommands;
  readonly #hostPage: number;
  readonly #kernel: FeatureAnswer;
  #isRunning = false;
  /** Reported by the device, not yet by us. */
  #written: WrittenMemory[] = [];

  constructor(options: {
    readonly address: string;
    readonly commands: TrackingCommands;
    readonly hostPage: number;
    readonly kernel: FeatureAnswer;
  }) {
    this.#address = options.address;
    this.#commands = options.commands;
    this.#hostPage = options.hostPage;
    this.#kernel = options.kernel;
  }

  /** As a fleet file writes it; undefined while nothing is logged. */
  toFile(): FileDmaLogging | undefined {
    if (!this.#isRunning) return undefined;
    return {
      written: this.#written.map(({ address, length }) => ({
        address: `0x${address.toString(16)}`,
        length: `0x${length.toString(16)}`,
      })),
    };
  }

  /** Continues what runs on the controlling function. */
  restore({ written }: FileDmaLogging): void {
    this.#isRunning = true;
    this.#written = written.map(({ address, length }) => ({
      address: BigInt(address),
      length: BigInt(length),
    }));
  }

  /** Page size is a hint; the device may log more coarsely. Ranges are page-aligned and do not overlap. */
  async start(pageSize: number, ranges: readonly DmaRange[]): Promise<Result<void>> {
    if (!this.#kernel.available)
      return this.#refuse(
        'not-supported',
        `${this.#kernel.reason} (ENOTTY)`,
        'Use a host with a newer kernel',
      );
    if (this.#isRunning) return this.#refuse('busy', 'DMA logging runs already (EBUSY)', 'Stop it first');
    const limit = this.#hostPage / rangeBytes;
    if (ranges.length > limit)
      return this.#refuse('invalid-request', `${ranges.length} ranges (E2BIG)`, `Give at most ${limit}`);
    const invalid = this.#invalid(pageSize, ranges);
    if (invalid !== undefined) return this.#refuse('invalid-request', `${invalid} (EINVAL)`, 'Correct it');
    let exponent = Math.log2(pageSize / smallestPage);
    for (;;) {
      const granule = BigInt(smallestPage) << BigInt(exponent);
      const started = await this.#commands.start(
        exponent,
        ranges.map((range) => covered(range, granule)),
      );
      if (!started.ok) return started;
      if (started.value.accepted) break;
      const { coarser } = started.value;
      if (coarser <= exponent)
        return this.#refuse('refused', 'the device cannot track so much (ENOMEM)', 'Log fewer ranges');
      exponent = coarser;
    }
    this.#isRunning = true;
    this.#written = [];
    return succeed(undefined);
  }

  /** Stopping what does not run is no error. */
  async stop(): Promise<Result<void>> {
    if (!this.#isRunning) return succeed(undefined);
    this.#isRunning = false;
    this.#written = [];
    return this.#commands.stop();
  }

  /**
   * One bit for each page from `address` on, bit 0 of byte 0 first: set where the device wrote. What is reported is
   * forgotten. After a failure everything counts as written.
   */
  async report(address: bigint, length: bigint, pageSize: number): Promise<Result<Uint8Array>> {
    if (!this.#isRunning)
      return this.#refuse('refused', 'DMA logging does not run (EINVAL)', 'Start it first');
    if (!isPage(pageSize))
      return this.#refuse(
        'invalid-request',
        `page size ${pageSize} (EINVAL)`,
        'Give a power of two from 4096',
      );
    const taken = await this.#commands.take();
    if (!taken.ok) return taken;
    const page = BigInt(pageSize);
    const end = address + length;
    const bitmap = new Uint8Array(Math.ceil(Number((length + page - 1n) / page) / 8));
    const kept: WrittenMemory[] = [];
    for (const piece of [...this.#written, ...taken.value]) {
      const pieceEnd = piece.address + piece.length;
      const from = piece.address > address ? piece.address : address;
      let to = end;
      if (pieceEnd < end) to = pieceEnd;
      if (from >= to) {
        kept.push(piece);
        continue;
      }
      if (piece.address < from) kept.push({ address: piece.address, length: from - piece.address });
      if (to < pieceEnd) kept.push({ address: to, length: pieceEnd - to });
      const last = Number((to - 1n - address) / page);
      for (let index = Number((from - address) / page); index <= last; index++)
        bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (1 << (index & 7));
    }
    this.#written = kept;
    return succeed(bitmap);
  }

  #invalid(pageSize: number, ranges: readonly DmaRange[]): string | undefined {
    if (!isPage(pageSize)) return `page size ${pageSize}`;
    if (ranges.length === 0) return 'no range';
    const page = BigInt(pageSize);
    const sorted = [...ranges].sort((left, right) => (left.address < right.address ? -1 : 1));
    for (const [index, { address, length }] of sorted.entries()) {
      if (address % page !== 0n || length % page !== 0n || length <= 0n || length / page > largestLength)
        return `range at ${address}`;
      const before = sorted[index - 1];
      if (before && before.address + before.length > address) return `ranges overlap at ${address}`;
    }
    return undefined;
  }

  #refuse<T>(
    code: 'busy' | 'invalid-request' | 'not-supported' | 'refused',
    message: string,
    fix: string,
  ): Result<T> {
    return fail(code, `${this.#address}: ${message}`, { object: this.#address, field: 'DMA logging', fix });
  }
}

function isPage(size: number): boolean {
  return size >= smallestPage && Number.isInteger(Math.log2(size));
}

/** The range in granules, made larger to whole ones. */
function covered({ address, length }: DmaRange, granule: bigint) {
  const saddr = address - (address % granule);
  const len = Number((address + length - saddr + granule - 1n) / granule);
  return { saddr, len };
}
