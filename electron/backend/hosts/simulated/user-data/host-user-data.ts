import { roundMilliseconds, throughput } from '#shared/migration/link-model.ts';
import type { BlockRange } from '#shared/migration/user-data/block-ranges.ts';
import type { QueueMemory } from '#shared/nvme/command.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { Clock } from '../../../ports.ts';
import type {
  CopyOrder,
  HostDataQueue,
  NamespacePlace,
  UserDataOperations,
  UserDataPiece,
} from '../../user-data-operations.ts';
import type { SimulatedKernel } from '../host/kernel.ts';
import { givenUpWhilePaused, type TakeTurn } from '../host/take-turn.ts';
import { isPrimary, type SimulatedPrimary, secondaryOf } from '../state/controller.ts';
import type { SimulatedNamespace } from '../state/namespace.ts';
import type { LinkCondition } from '../virtual-machine/link-condition.ts';
import { type LinkEnd, LinkRoute, type Stream } from '../virtual-machine/memory/link-traffic.ts';

/** Milliseconds between two pieces on the link. */
const sliceMilliseconds = 40;
const pageBytes = 4096;
/** Where the kernel sets memory aside for queues: above what guests and drivers use. */
const firstQueueAddress = 0x10_0000_0000n;

export interface HostUserDataOptions {
  /** Name of the host. */
  readonly host: string;
  readonly kernel: Pick<SimulatedKernel, 'find' | 'functions'>;
  readonly clock: Clock;
  readonly turn: TakeTurn;
  /** The migration link of the host, which memory shares, and how it does. */
  readonly linkEnd: LinkEnd;
  readonly condition: LinkCondition;
  /** Lets the guests do what they would have done until now. */
  readonly settle: () => void;
}

/** What a host does with the user data of its namespaces when a guest moves. */
export class HostUserData implements UserDataOperations {
  readonly linkEnd: LinkEnd;
  readonly #options: HostUserDataOptions;
  /** What is being copied of each namespace. */
  readonly #copying = new Map<string, { readonly cancel: AbortController; readonly ended: Promise<void> }>();

  constructor(options: HostUserDataOptions) {
    this.#options = options;
    this.linkEnd = options.linkEnd;
  }

  async reserveQueue(bytes: number): Promise<Result<QueueMemory>> {
    const words = `memory for a queue on ${this.#options.host}`;
    const turn = this.#options.turn(words);
    if (turn !== null && (await turn) === 'cancelled') return givenUpWhilePaused(words, this.#options.host);
    const length = Math.ceil(bytes / pageBytes) * pageBytes;
    const used = [...this.#options.kernel.functions.values()]
      .flatMap(({ controller }) =>
        isPrimary(controller) ? [...controller.part.tracking.queues.values()] : [],
      )
      .map(({ memory }) => memory.address + BigInt(memory.bytes.length));
    let address = firstQueueAddress;
    for (const end of used) if (end > address) address = end;
    const aligned = ((address + BigInt(pageBytes) - 1n) / BigInt(pageBytes)) * BigInt(pageBytes);
    return succeed({ address: aligned, bytes: new Uint8Array(length) });
  }

  async queues(address: string): Promise<Result<readonly HostDataQueue[]>> {
    const primary = this.#primary(address);
    if (!primary.ok) return primary;
    return succeed(
      [...primary.value.part.tracking.queues.values()].map(({ identifier, target, memory, slots }) => ({
        ...{ identifier, memory, slots },
        cntlid: target.cntlid,
      })),
    );
  }

  async copy(
    order: CopyOrder,
    onProgress: (sentBytes: number) => void,
    signal: AbortSignal,
  ): Promise<Result<{ readonly bytes: number }>> {
    const { address, nsid } = order.from;
    const key = `${address}#${nsid}`;
    for (let earlier = this.#copying.get(key); earlier; earlier = this.#copying.get(key)) {
      earlier.cancel.abort();
      await earlier.ended;
    }
    const cancel = new AbortController();
    const copying = this.#copy(order, onProgress, AbortSignal.any([signal, cancel.signal]));
    const ended = copying.then(() => void this.#copying.delete(key));
    this.#copying.set(key, { cancel, ended });
    const done = await copying;
    await ended;
    return done;
  }

  async #copy(...how: readonly [CopyOrder, (sentBytes: number) => void, AbortSignal]) {
    const [{ to, mostBytesPerSecond = Number.POSITIVE_INFINITY }] = how;
    const { host } = to;
    const route = new LinkRoute(this.linkEnd, host instanceof HostUserData ? host.linkEnd : null);
    const stream = { most: Math.min(throughput(route.link), mostBytesPerSecond) };
    const leave = route.enter(stream);
    try {
      return await this.#copyOver(route, stream, ...how);
    } finally {
      leave();
    }
  }

  async #copyOver(
    route: LinkRoute,
    stream: Stream,
    { from, to, ranges, writer }: CopyOrder,
    onProgress: (sentBytes: number) => void,
    signal: AbortSignal,
  ): Promise<Result<{ readonly bytes: number }>> {
    const { host, clock, condition, settle } = this.#options;
    const primary = this.#primary(from.address);
    if (!primary.ok) return primary;
    const found = this.#namespace(from);
    if (!found.ok) return found;
    const namespace = found.value;
    const watched = () => this.#watched(primary.value, writer);
    if (!watched()) return this.#unwatched(from, writer);
    const { blockSize } = namespace.file;
    const wait = { signal, what: `user data of namespace ${from.nsid} over the link of ${host}` };
    let sent = 0;
    // Milliseconds that the link still needs for what has been taken; the clock is asked for whole ones.
    let owed = 0;
    const queue = ranges.map(({ from: first, to: end }) => ({ from: first, to: end }));
    while (queue.length > 0) {
      const share = await condition.waitForShare(clock, signal);
      if (share === null && !signal.aborted)
        return fail('aborted', `The migration link of ${host} is down`, {
          object: host,
          field: 'link',
          fix: 'Bring the link up and start again',
        });
      const speed = route.speedOf(stream, share ?? 1);
      const piece = takeBlocks(
        queue,
        Math.max(1, Math.floor((speed * sliceMilliseconds) / 1000 / blockSize)),
      );
      const bytes = piece.reduce((sum, range) => sum + range.to - range.from, 0) * blockSize;
      const isEnd = queue.length === 0;
      owed += (bytes / speed) * 1000;
      const milliseconds = isEnd ? Math.ceil(owed - 1e-6) : Math.floor(owed);
      owed -= milliseconds;
      settle();
      // It is read before it travels: what is written meanwhile is not in it.
      namespace.contents.tellApart(namespace.file.blocks);
      const runs = piece.flatMap((range) => namespace.contents.runs(range.from, range.to));
      if (milliseconds > 0) await clock.sleep(milliseconds, wait);
      const travels = roundMilliseconds(route.link);
      if (isEnd && travels > 0) await clock.sleep(travels, wait);
      if (signal.aborted)
        return fail('aborted', `Copying namespace ${from.nsid} of ${host} was aborted after ${sent} bytes`, {
          object: host,
          field: `namespace ${from.nsid}`,
          fix: 'Start the copy again',
        });
      settle();
      if (!watched()) return this.#unwatched(from, writer);
      const received = await to.host.receive(to, { runs });
      if (!received.ok) return received;
      sent += bytes;
      onProgress(sent);
    }
    return succeed({ bytes: sent });
  }

  async receive(place: NamespacePlace, { runs }: UserDataPiece): Promise<Result<void>> {
    const found = this.#namespace(place);
    if (!found.ok) return found;
    const { contents, file } = found.value;
    const beyond = runs.find(({ to }) => to > file.blocks);
    if (beyond !== undefined)
      return fail('device-data', `Block ${beyond.to - 1} lies beyond the end of namespace ${place.nsid}`, {
        object: this.#options.host,
        field: `namespace ${place.nsid}`,
        fix: 'Choose a destination namespace of the same size and LBA format',
      });
    contents.tellApart(file.blocks);
    contents.receive(runs);
    return succeed(undefined);
  }

  async digest(place: NamespacePlace): Promise<Result<string>> {
    this.#options.settle();
    const found = this.#namespace(place);
    return found.ok ? succeed(found.value.contents.digest()) : found;
  }

  /** A copy that arrives when nobody wants it any more must not begin anything. */
  #watched(primary: SimulatedPrimary, { cntlid, is }: CopyOrder['writer']): boolean {
    const controller = secondaryOf(primary, cntlid);
    if (controller === undefined) return false;
    return is === 'suspended' ? controller.suspended : controller.dataQueue?.owner === primary;
  }

  #unwatched({ nsid }: NamespacePlace, { cntlid, is }: CopyOrder['writer']): Result<never> {
    const { host } = this.#options;
    return fail(
      'refused',
      is === 'suspended'
        ? `Controller ${cntlid} of ${host} is not suspended, so namespace ${nsid} may change while it is copied`
        : `No queue logs what controller ${cntlid} of ${host} changes, so namespace ${nsid} may change unnoticed while it is copied`,
      {
        object: host,
        field: `namespace ${nsid}`,
        fix: is === 'suspended' ? 'Suspend the controller first' : 'Begin to log its changes first',
      },
    );
  }

  #primary(address: string): Result<SimulatedPrimary> {
    const controller = this.#options.kernel.find(address)?.controller;
    return controller !== undefined && isPrimary(controller)
      ? succeed(controller)
      : fail('not-found', `Host ${this.#options.host} has no controlling function ${address}`, {
          object: address,
          fix: 'Choose a primary controller of this host',
        });
  }

  #namespace({ address, nsid }: NamespacePlace): Result<SimulatedNamespace> {
    const primary = this.#primary(address);
    if (!primary.ok) return primary;
    const namespace = primary.value.subsystem.namespaces.get(nsid);
    return namespace === undefined
      ? fail('not-found', `The NVM subsystem of ${this.#options.host} ${address} has no namespace ${nsid}`, {
          object: address,
          field: `namespace ${nsid}`,
          fix: 'Create the namespace first',
        })
      : succeed(namespace);
  }
}

/** Takes out at most so many blocks from the beginning of the list. */
function takeBlocks(ranges: { from: number; to: number }[], most: number): BlockRange[] {
  const taken: BlockRange[] = [];
  for (let left = most; left > 0; ) {
    const [first] = ranges;
    if (first === undefined) break;
    const to = Math.min(first.to, first.from + left);
    taken.push({ from: first.from, to });
    left -= to - first.from;
    first.from = to;
    if (first.from >= first.to) ranges.shift();
  }
  return taken;
}
