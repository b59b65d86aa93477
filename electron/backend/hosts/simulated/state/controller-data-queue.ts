import { encodeBase64 } from '#shared/fleet-file/base64.ts';
import type { FileDataQueue } from '#shared/fleet-file/tracking/tracking-schema.ts';
import type { QueueMemory } from '#shared/nvme/command.ts';
import {
  encodeUserDataMigrationEntry,
  lbaChangeInformation,
  entrySequenceAttributes as sequence,
  userDataMigrationEntryLength,
} from '#shared/nvme/layouts/tracking/user-data-migration-entry.ts';
import type { SimulatedPrimary, SimulatedSecondary } from './controller.ts';

/** A change of user data: which logical blocks of which namespace. */
export interface UserDataChange {
  readonly nsid: number;
  readonly slba: bigint;
  /** Logical blocks, at least 1. */
  readonly blocks: number;
  readonly deallocated: boolean;
  /** Every block of the namespace changed; the range says nothing then. */
  readonly wholeNamespace?: boolean;
}

/** Information of One-Shot events (NVMe Base 2.1, 5.1.2). */
const tailPointer = 0;
const full = 1;

/** Raises a One-Shot event of the queue's owner. */
export type RaiseOneShot = (information: typeof tailPointer | typeof full) => void;

/**
 * A user data migration queue (NVMe Base 2.1, 5.1.4 and 8.1.12; NVM Command Set 1.1, 5.6): a ring in host memory.
 *
 * One slot always stays free, because head and tail alone could not tell a full ring from an empty one. The last slot
 * that may be used is kept for the entry that ends the log, so stopping, suspending and running over always leave their
 * mark while a log runs.
 */
export class ControllerDataQueue {
  readonly identifier: number;
  /** The controller that created it. */
  readonly owner: SimulatedPrimary;
  /** The controller whose changes it logs. */
  readonly target: SimulatedSecondary;
  readonly slots: number;
  /** PRP ranges that it takes. */
  readonly ranges: number;
  /** First slot that the host has not read. */
  head = 0;
  /** Slot of the next entry. */
  tail = 0;
  /** Slot whose entry raises the Tail Pointer event, while armed. */
  trigger = 0;
  armed = false;
  isLogging = false;
  readonly #memory: QueueMemory;
  readonly #raise: RaiseOneShot;
  #phase: 0 | 1 = 1;
  #isFirst = false;
  #isPaused = false;

  constructor(
    identifier: number,
    owner: SimulatedPrimary,
    target: SimulatedSecondary,
    memory: QueueMemory & { readonly slots: number; readonly ranges: number },
    raise: RaiseOneShot,
  ) {
    this.identifier = identifier;
    this.owner = owner;
    this.target = target;
    this.slots = memory.slots;
    this.ranges = memory.ranges;
    this.#memory = memory;
    this.#raise = raise;
  }

  /** Slots that may still be filled. */
  get free(): number {
    return this.slots - 1 - this.posted;
  }

  /** Entries that the host has not read. */
  get posted(): number {
    return (this.tail - this.head + this.slots) % this.slots;
  }

  /** Host memory that it lies in. */
  get memory(): QueueMemory {
    return this.#memory;
  }

  toFile(): FileDataQueue {
    const { identifier, target, slots, ranges, head, tail, trigger, armed } = this;
    const { address, bytes } = this.#memory;
    const used =
      bytes.subarray(0, slots * userDataMigrationEntryLength).findLastIndex((byte) => byte !== 0) + 1;
    return {
      identifier,
      cntlid: target.cntlid,
      slots,
      ranges,
      address: `0x${address.toString(16)}`,
      memory: encodeBase64(bytes.subarray(0, used)),
      head,
      tail,
      trigger,
      armed,
      phase: this.#phase === 1,
      log: this.#log(),
    };
  }

  #log(): FileDataQueue['log'] {
    if (!this.isLogging) return 'off';
    if (this.#isPaused) return 'paused';
    return this.#isFirst ? 'first' : 'on';
  }

  /** Continues where a fleet file, which was checked, left off. */
  restore({ head, tail, trigger, armed, phase, log }: FileDataQueue): void {
    Object.assign(this, { head, tail, trigger, armed });
    this.#phase = phase ? 1 : 0;
    this.isLogging = log !== 'off';
    this.#isPaused = log === 'paused';
    this.#isFirst = log === 'first';
  }

  start(): void {
    this.isLogging = true;
    this.#isFirst = true;
    this.#isPaused = false;
  }

  /** Ends the log with its last entry. */
  stop(): void {
    if (!this.isLogging) return;
    if (!this.#isPaused) this.#post(sequence.lastStopped);
    this.isLogging = false;
  }

  /** The target was suspended: nothing can change any more until it resumes. */
  pause(): void {
    if (!this.isLogging || this.#isPaused) return;
    this.#isPaused = true;
    this.#post(sequence.lastSuspended);
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#isFirst = true;
  }

  recordAll(nsid: number): void {
    this.record({ nsid, slba: 0n, blocks: 1, deallocated: false, wholeNamespace: true });
  }

  record(change: UserDataChange): void {
    if (!this.isLogging) return;
    if (this.free > 1) {
      this.#post(this.#isFirst ? sequence.first : sequence.normal, change);
      this.#isFirst = false;
      return;
    }
    // What changed can no longer be told: the host has to copy everything again.
    if (this.free === 1) this.#post(sequence.lastFull);
    this.isLogging = false;
    this.#raise(full);
  }

  #post(entrySequence: number, change?: UserDataChange): void {
    if (this.free === 0) return;
    const encoded = encodeUserDataMigrationEntry({
      nsid: change?.nsid ?? 0,
      slba: change?.slba ?? 0n,
      nlb: change ? change.blocks - 1 : 0,
      deallocated: change?.deallocated ?? false,
      changeInformation: changeInformationOf(change),
      entrySequence,
      phase: this.#phase,
      reserved: [],
    });
    if (!encoded.ok) throw new Error(encoded.error.message);
    this.#memory.bytes.set(encoded.value, this.tail * userDataMigrationEntryLength);
    const slot = this.tail;
    this.tail = (slot + 1) % this.slots;
    if (this.tail === 0) this.#phase = this.#phase === 1 ? 0 : 1;
    if (!this.armed || slot !== this.trigger) return;
    this.armed = false;
    this.#raise(tailPointer);
  }
}

function changeInformationOf(change: UserDataChange | undefined): number {
  if (!change) return lbaChangeInformation.none;
  return change.wholeNamespace ? lbaChangeInformation.wholeNamespace : lbaChangeInformation.range;
}
