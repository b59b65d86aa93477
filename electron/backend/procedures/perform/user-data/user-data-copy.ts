import { linkOf } from '#shared/migration/downtime.ts';
import { joinLinks, throughput } from '#shared/migration/link-model.ts';
import type { BlockRange } from '#shared/migration/user-data/block-ranges.ts';
import {
  type CopiedDevice,
  type CopiedNamespace,
  copiedBytes,
} from '#shared/migration/user-data/copied-namespaces.ts';
import type { UserDataFacts } from '#shared/migration/user-data/facts.ts';
import { type Result, succeed } from '#shared/result.ts';
import type { NamespacePlace, UserDataOperations } from '../../../hosts/user-data-operations.ts';
import type { Clock } from '../../../ports.ts';
import type { PerformContext } from '../perform-context.ts';
import { loggedController } from './data-queue.ts';
import { DeviceCopy } from './device-copy.ts';

/** Where a namespace goes. */
export type CopyTarget = NamespacePlace & { readonly host: UserDataOperations };

/** Seconds of the link that are copied at once: in between the queue is looked at. */
const firstPortion = 0.1;
const shortestPortion = 0.02;
const longestPortion = 1;
/** Milliseconds between two looks at queues while something else is done. */
const lookMilliseconds = 40;
/** A queue that is filled beyond this share is emptied before the round is over. */
const fullShare = 0.25;
/** Within a round, what the log said meanwhile is copied so often. */
const mostPasses = 4;

/** One round of copying the user data of a guest that goes on. Bytes. */
export interface UserDataRound {
  readonly sentBytes: number;
  readonly leftBytes: number;
  /** A log broke off, so everything behind it is copied again. */
  readonly startedOver: boolean;
}

interface Copied {
  readonly copy: DeviceCopy;
  /** Where its namespaces go, by NSID at the destination. */
  readonly target: (nsid: number) => CopyTarget;
}

/** The user data of all devices of a guest on its way. */
export class UserDataCopy {
  readonly #copies: readonly Copied[];
  readonly #totalBytes: number;
  readonly #bytesPerSecond: number;
  readonly #mostBytesPerSecond: number | undefined;
  #portionSeconds = firstPortion;
  #sentBytes: number;

  private constructor(
    copies: readonly Copied[],
    of: {
      readonly totalBytes: number;
      readonly sentBytes: number;
      readonly bytesPerSecond: number;
      readonly mostBytesPerSecond: number | undefined;
    },
  ) {
    this.#copies = copies;
    this.#totalBytes = of.totalBytes;
    this.#sentBytes = of.sentBytes;
    this.#bytesPerSecond = Math.min(of.bytesPerSecond, of.mostBytesPerSecond ?? Number.POSITIVE_INFINITY);
    this.#mostBytesPerSecond = of.mostBytesPerSecond;
  }

  /**
   * Opens the log of every device; what `before` says is gone on with where that can be trusted. `mostBytesPerSecond`: that
   * it may take of the link; left out: all.
   */
  static async open(
    devices: readonly CopiedDevice[],
    context: PerformContext,
    {
      before,
      slots,
      mostBytesPerSecond,
    }: {
      readonly before: UserDataFacts | undefined;
      readonly slots: number;
      readonly mostBytesPerSecond?: number | undefined;
    },
  ): Promise<Result<UserDataCopy>> {
    const copies: Copied[] = [];
    for (const device of devices) {
      const ends = loggedController(context, device.sourceId);
      if (!ends.ok) return ends;
      const target = targetOf(context, device.destinationId);
      if (!target.ok) return target;
      const copy = await DeviceCopy.open(device, ends.value, {
        before: before?.queues.find(({ sourceId }) => sourceId === device.sourceId),
        slots,
      });
      if (!copy.ok) return copy;
      copies.push({ copy: copy.value, target: target.value });
    }
    if (copies.every(({ copy }) => copy.isAnew)) for (const { copy } of copies) copy.leavesToOthers();
    return succeed(
      new UserDataCopy(copies, {
        totalBytes: copiedBytes(devices),
        sentBytes: before?.sentBytes ?? 0,
        bytesPerSecond: speedOf(context, devices),
        mostBytesPerSecond,
      }),
    );
  }

  facts(): UserDataFacts {
    return {
      ...{ totalBytes: this.#totalBytes, sentBytes: this.#sentBytes, leftBytes: this.leftBytes },
      queues: this.#copies.map(({ copy }) => copy.facts()),
    };
  }

  get leftBytes(): number {
    return this.#copies.reduce((sum, { copy }) => sum + copy.leftBytes, 0);
  }

  /** What is left is known to the journal and the queues block by block, so that the guest may be stopped. */
  get isExact(): boolean {
    return this.#copies.every(({ copy }) => copy.isExact);
  }

  /**
   * Copies what is missing at the destination while the guest goes on. `save`: told whenever the journal must have what is
   * pending; `tell`: bytes sent in this round.
   */
  async round(
    { save, tell }: { readonly save: () => void; readonly tell: (sentBytes: number) => void },
    signal: AbortSignal,
  ): Promise<Result<UserDataRound>> {
    const sentBefore = this.#sentBytes;
    const brokeOff = () => this.#copies.reduce((sum, { copy }) => sum + copy.brokeOff, 0);
    const brokenBefore = brokeOff();
    const progress = () => tell(this.#sentBytes - sentBefore);
    for (const { copy, target } of this.#copies) {
      const drained = await copy.drain(save);
      if (!drained.ok) return drained;
      for (let pass = 0; pass < mostPasses && copy.isPending; pass++)
        for (const namespace of copy.device.namespaces) {
          const copied = await this.#copyNamespace(copy, namespace, target(namespace.destination), {
            ...{ save, progress, signal },
          });
          if (!copied.ok) return copied;
        }
    }
    return succeed({
      sentBytes: this.#sentBytes - sentBefore,
      leftBytes: this.leftBytes,
      startedOver: brokeOff() > brokenBefore,
    });
  }

  async #copyNamespace(
    copy: DeviceCopy,
    { source, blockSize }: CopiedNamespace,
    to: CopyTarget,
    how: { readonly save: () => void; readonly progress: () => void; readonly signal: AbortSignal },
  ): Promise<Result<void>> {
    const { host, address, cntlid } = copy.ends;
    const from = { address, nsid: source };
    let rest = copy.takeOut(source);
    while (rest.length > 0) {
      const most = Math.max(1, Math.floor((this.#bytesPerSecond * this.#portionSeconds) / blockSize));
      const [ranges, behind] = divided(rest, most);
      const before = this.#sentBytes;
      const tell = (bytes: number) => {
        this.#sentBytes = before + bytes;
        how.progress();
      };
      const order = { from, to, ranges, writer: { cntlid, is: 'logged' as const } };
      const mostBytesPerSecond = this.#mostBytesPerSecond;
      const sent = await host.copy({ ...order, mostBytesPerSecond }, tell, how.signal);
      if (!sent.ok) {
        copy.didNotArrive(source);
        return sent;
      }
      this.#sentBytes = before + sent.value.bytes;
      copy.arrived(source, behind);
      rest = behind;
      const { entries, slots } = copy.waiting;
      this.#portionSeconds = nextPortion(this.#portionSeconds, entries / slots);
      if (entries < slots * fullShare) continue;
      const { brokeOff } = copy;
      const drained = await copy.drain(how.save);
      if (!drained.ok) return drained;
      // Everything is copied again anyway.
      if (copy.brokeOff > brokeOff) rest = [];
    }
    copy.arrived(source, []);
    return succeed(undefined);
  }

  /** Empties queues that fill while something else is done, so that their logs do not break off. */
  async meanwhile<T>(
    work: Promise<Result<T>>,
    { save, clock }: { readonly save: () => void; readonly clock: Clock },
  ): Promise<Result<T>> {
    const over = new AbortController();
    const done = work.finally(() => over.abort());
    const wait = { signal: over.signal, what: 'a look at queues that fill' };
    while (!over.signal.aborted) {
      await clock.sleep(lookMilliseconds, wait);
      for (const { copy } of this.#copies) {
        const { entries, slots } = copy.waiting;
        if (over.signal.aborted || entries < slots * fullShare) continue;
        const drained = await copy.drain(save);
        // What is wrong with the queue the next round says.
        if (!drained.ok) return done;
      }
    }
    return done;
  }
}

/** The namespaces that a device finds at the destination, as its host reaches them. */
export function targetOf(
  context: PerformContext,
  destinationId: string,
): Result<(nsid: number) => CopyTarget> {
  const ends = loggedController(context, destinationId);
  if (!ends.ok) return ends;
  const { host, address } = ends.value;
  return succeed((nsid) => ({ host, address, nsid }));
}

/** Bytes per second that the links of both hosts let through. */
export function speedOf({ fleet }: Pick<PerformContext, 'fleet'>, devices: readonly CopiedDevice[]): number {
  const host = (id: string | undefined) => fleet.hosts[fleet.controllers[id ?? '']?.hostId ?? ''];
  const [first] = devices;
  return throughput(joinLinks(linkOf(host(first?.sourceId)), linkOf(host(first?.destinationId))));
}

/** The first so many blocks, and what is behind them. */
function divided(
  ranges: readonly BlockRange[],
  most: number,
): readonly [first: BlockRange[], behind: BlockRange[]] {
  const first: BlockRange[] = [];
  const behind: BlockRange[] = [];
  let room = most;
  for (const { from, to } of ranges) {
    const end = Math.min(to, from + room);
    if (end > from) first.push({ from, to: end });
    if (to > end) behind.push({ from: end, to });
    room -= end - from;
  }
  return [first, behind];
}

/** So long that a queue fills to about the share at which it is emptied, and never twice as long as the one before. */
function nextPortion(seconds: number, fill: number): number {
  const wanted = fill <= 0 ? 2 * seconds : (seconds * fullShare) / fill;
  return Math.min(longestPortion, Math.max(shortestPortion, Math.min(2 * seconds, wanted)));
}
