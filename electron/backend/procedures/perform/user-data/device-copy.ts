import { type BlockRange, BlockRanges } from '#shared/migration/user-data/block-ranges.ts';
import type { CopiedDevice } from '#shared/migration/user-data/copied-namespaces.ts';
import { mostPendingRanges, type UserDataQueueFacts } from '#shared/migration/user-data/facts.ts';
import { type LogEnd, readLog } from '#shared/migration/user-data/read-log.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { HostDataQueue } from '../../../hosts/user-data-operations.ts';
import {
  acknowledge,
  beginLog,
  findQueue,
  type LoggedController,
  type QueuePosition,
  readEntries,
  startLog,
} from './data-queue.ts';

/** Logs that break off in a row before a round gives up to catch up with them. */
const mostAnew = 8;

/**
 * What the destination does not have of the user data of one device. What was read of the log is pending until it has arrived;
 * what was not read is still in the queue, on the device. So nothing is known to the program alone: the journal has what is
 * pending before the device may forget it.
 */
export class DeviceCopy {
  readonly device: CopiedDevice;
  readonly ends: LoggedController;
  readonly #pending = new Map<number, BlockRanges>();
  /** What is on its way, or about to be. */
  readonly #underWay = new Map<number, readonly BlockRange[]>();
  #queue: HostDataQueue;
  #position: QueuePosition = { head: 0, phase: 1 };
  #isBegun = false;
  #mostWaiting = 0;
  #brokeOff = 0;
  #isAnew = false;

  private constructor(device: CopiedDevice, ends: LoggedController, queue: HostDataQueue) {
    this.device = device;
    this.ends = ends;
    this.#queue = queue;
  }

  /**
   * Goes on where an attempt before left off, if its log has run without a gap since; otherwise everything is pending. Makes
   * sure that a log runs.
   */
  static async open(
    device: CopiedDevice,
    ends: LoggedController,
    { before, slots }: { readonly before: UserDataQueueFacts | undefined; readonly slots: number },
  ): Promise<Result<DeviceCopy>> {
    const found = await findQueue(ends);
    if (!found.ok) return found;
    if (found.value === null) {
      const begun = await beginLog(ends, slots);
      if (!begun.ok) return begun;
    }
    const queue = found.value === null ? await findQueue(ends) : found;
    if (!queue.ok) return queue;
    if (queue.value === null) return goneQueue(ends);
    const copy = new DeviceCopy(device, ends, queue.value);
    const isSame = before !== undefined && isOf(queue.value, before);
    if (isSame) copy.#restore(before);
    const started = await startLog(ends, queue.value.identifier);
    if (!started.ok) return started;
    if (!isSame || started.value !== 'already') {
      copy.#allIsPending();
      copy.#isAnew = true;
    }
    if (started.value === 'started') copy.#isBegun = false;
    return succeed(copy);
  }

  /** Nothing of an attempt before counts. */
  get isAnew(): boolean {
    return this.#isAnew;
  }

  /** Other devices copy these, and begin only now that its log runs. */
  leavesToOthers(): void {
    for (const { source, again } of this.device.namespaces) if (again) this.#pending.delete(source);
  }

  /** As the journal has it, with nothing changed on the device. Errors: `conflict` where its log is gone. */
  static async find(
    device: CopiedDevice,
    ends: LoggedController,
    before: UserDataQueueFacts | undefined,
  ): Promise<Result<DeviceCopy>> {
    const found = await findQueue(ends);
    if (!found.ok) return found;
    if (found.value === null || before === undefined || !isOf(found.value, before))
      return fail('conflict', `${ends.title}: the log of controller ${ends.cntlid} is gone`, {
        object: ends.title,
        field: 'Controller Data Queue',
        fix: 'Start the migration again: what the guest has changed since is unknown',
      });
    const copy = new DeviceCopy(device, ends, found.value);
    copy.#restore(before);
    return succeed(copy);
  }

  get leftBytes(): number {
    const read = readEntries(this.#queue, this.#position);
    const waiting = read.ok ? readLog(read.value.entries, this.#isBegun) : null;
    return this.device.namespaces.reduce((sum, { source, blocks, blockSize }) => {
      const missing = new BlockRanges(this.#missing(source).list());
      if (waiting === null || waiting.whole.has(source)) missing.add(0, blocks);
      for (const { from, to } of waiting?.changed.get(source) ?? []) missing.add(from, Math.min(to, blocks));
      return sum + missing.blocks * blockSize;
    }, 0);
  }

  /** Entries that wait in the queue, and how many it holds at most. */
  get waiting(): { readonly entries: number; readonly slots: number } {
    const read = readEntries(this.#queue, this.#position);
    const entries = read.ok ? read.value.entries.length : this.#queue.slots - 1;
    this.#mostWaiting = Math.max(this.#mostWaiting, entries);
    return { entries, slots: this.#queue.slots };
  }

  /** The journal can hold what is pending as it is. */
  get isExact(): boolean {
    return this.device.namespaces.every(
      ({ source }) => this.#missing(source).list().length <= mostPendingRanges,
    );
  }

  get isPending(): boolean {
    return [...this.#pending.values()].some((ranges) => !ranges.isEmpty);
  }

  get brokeOff(): number {
    return this.#brokeOff;
  }

  facts(): UserDataQueueFacts {
    const { identifier, memory, slots } = this.#queue;
    return {
      ...{ sourceId: this.device.sourceId, identifier, address: hexadecimal(memory.address), slots },
      ...{ ...this.#position, isBegun: this.#isBegun },
      ...{ mostWaiting: this.#mostWaiting, brokeOff: this.#brokeOff },
      pending: this.device.namespaces.flatMap(({ source: nsid }) => {
        const missing = this.#missing(nsid).inAtMost(mostPendingRanges);
        const ranges = missing.map(({ from, to }): [number, number] => [from, to]);
        return ranges.length === 0 ? [] : [{ nsid, ranges }];
      }),
    };
  }

  /**
   * Takes everything out of the queue. `save` writes what is pending then into the journal, before the device is told that it
   * may forget it. A log that broke off is begun anew, and everything is pending then.
   */
  async drain(save: () => void): Promise<Result<void>> {
    for (let attempt = 0; ; attempt++) {
      const { entries: count, slots } = this.waiting;
      // The end of the log may have had no room either.
      const mayBeFull = count >= slots - 2;
      const taken = this.#take();
      if (!taken.ok) return taken;
      if (count === 0) return succeed(undefined);
      save();
      const told = await acknowledge(this.ends, this.#queue.identifier, this.#position.head);
      if (!told.ok) return told;
      if (!taken.value.isBroken && !mayBeFull) return succeed(undefined);
      const started = await startLog(this.ends, this.#queue.identifier);
      if (!started.ok) return started;
      if (started.value === 'already' && !taken.value.isBroken) return succeed(undefined);
      // From here on it is logged again, so what is read now is not older than the log.
      this.#allIsPending();
      this.#brokeOff++;
      this.#isBegun = false;
      save();
      if (started.value !== 'full') return succeed(undefined);
      if (attempt >= mostAnew)
        return fail('refused', `${this.ends.title}: its log of user data breaks off again and again`, {
          object: this.ends.title,
          field: 'Controller Data Queue',
          fix: 'Move the guest when it writes less, or stop it first (stop-and-copy)',
        });
    }
  }

  /** Reads the log as far as it is there, with nothing changed on the device, and says how it ends. */
  takeRest(): Result<{ readonly end: LogEnd; readonly isBroken: boolean }> {
    return this.#take();
  }

  /** What is pending of a namespace, to be copied now: it is under way until `arrived` or `didNotArrive` says otherwise. */
  takeOut(nsid: number): readonly BlockRange[] {
    const ranges = this.#pending.get(nsid)?.list() ?? [];
    this.#pending.delete(nsid);
    this.#underWay.set(nsid, ranges);
    return ranges;
  }

  /** Of what was under way only this is. */
  arrived(nsid: number, rest: readonly BlockRange[]): void {
    this.#underWay.set(nsid, rest);
  }

  /** What is under way is pending again. */
  didNotArrive(nsid: number): void {
    this.#add(nsid, this.#underWay.get(nsid) ?? []);
    this.#underWay.delete(nsid);
  }

  #add(nsid: number, ranges: readonly BlockRange[]): void {
    const pending = this.#pending.get(nsid) ?? new BlockRanges();
    for (const { from, to } of ranges) pending.add(from, to);
    this.#pending.set(nsid, pending);
  }

  #missing(nsid: number): BlockRanges {
    const missing = new BlockRanges(this.#pending.get(nsid)?.list() ?? []);
    for (const { from, to } of this.#underWay.get(nsid) ?? []) missing.add(from, to);
    return missing;
  }

  /** Nobody knows what has changed: everything is copied again. */
  breaksOff(): void {
    this.#allIsPending();
    this.#brokeOff++;
  }

  #take(): Result<{ readonly end: LogEnd; readonly isBroken: boolean }> {
    const read = readEntries(this.#queue, this.#position);
    if (!read.ok) return read;
    const { entries, next } = read.value;
    const { changed, whole, end, beginsAnew } = readLog(entries, this.#isBegun);
    for (const { source, blocks } of this.device.namespaces) {
      const ranges = whole.has(source) ? [{ from: 0, to: blocks }] : (changed.get(source) ?? []);
      if (ranges.length > 0)
        this.#add(
          source,
          ranges.map(({ from, to }) => ({ from, to: Math.min(to, blocks) })),
        );
    }
    this.#position = next;
    if (entries.length > 0) this.#isBegun = true;
    return succeed({ end, isBroken: end === 'broken-off' || beginsAnew });
  }

  #allIsPending(): void {
    for (const { source, blocks } of this.device.namespaces)
      this.#pending.set(source, new BlockRanges([{ from: 0, to: blocks }]));
  }

  #restore(facts: UserDataQueueFacts): void {
    this.#position = { head: facts.head, phase: facts.phase };
    this.#isBegun = facts.isBegun;
    this.#mostWaiting = facts.mostWaiting;
    this.#brokeOff = facts.brokeOff;
    for (const { nsid, ranges } of facts.pending)
      this.#add(
        nsid,
        ranges.map(([from, to]) => ({ from, to })),
      );
  }
}

/** The very queue, and not another one that has its identifier now. */
function isOf({ identifier, memory, slots }: HostDataQueue, facts: UserDataQueueFacts): boolean {
  return (
    identifier === facts.identifier && slots === facts.slots && hexadecimal(memory.address) === facts.address
  );
}

function hexadecimal(address: bigint): string {
  return `0x${address.toString(16)}`;
}

function goneQueue({ title, cntlid }: LoggedController): Result<never> {
  return fail('conflict', `${title}: the queue that was made for controller ${cntlid} is gone again`, {
    object: title,
    field: 'Controller Data Queue',
    fix: 'Look whether the controller was reset, and start again',
  });
}
