import { decodeBase64, encodeBase64 } from '#shared/fleet-file/base64.ts';
import type { FileVfio } from '#shared/fleet-file/controller/controller-schema.ts';
import type { FeatureAnswer } from '#shared/platform/feature-levels.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { type VfioState, vfioDataSession } from '#shared/vfio/device-state.ts';
import type { VfioFlags } from '#shared/vfio/schema.ts';
import { vfioPath } from '#shared/vfio/transitions.ts';
import type { VfioDevice } from '../../host-connection.ts';
import { givenUpWhilePaused, type TakeTurn } from '../host/take-turn.ts';
import { DmaLogging } from './dma-logging.ts';
import { concatenated } from './migration-data.ts';
import type { StateTransfer } from './state-transfer.ts';
import type { TrackingCommands } from './tracking-commands.ts';

export interface VfioDeviceOptions {
  readonly address: string;
  readonly flags: { readonly p2p: boolean; readonly preCopy: boolean };
  readonly commands: StateTransfer;
  /** Null for a device that does not track what it writes: then there is no DMA logging. */
  readonly tracking: TrackingCommands | null;
  /** Whether the kernel has DMA logging. */
  readonly dmaLogging: FeatureAnswer;
  /** Bytes of a memory page of the host. */
  readonly pageSize: number;
  /** Function level reset through the kernel. */
  readonly resetFunction: () => void;
  readonly turn: TakeTurn;
}

const empty = new Uint8Array();

/** The VFIO device of one function: Linux's migration v2 state machine over whatever interface its driver speaks. */
export class SimulatedVfioDevice implements VfioDevice {
  readonly address: string;
  /** VFIO_DEVICE_FEATURE_DMA_LOGGING_START, STOP and REPORT; null where the device has none (ENOTTY). */
  readonly dmaLogging: DmaLogging | null;
  readonly #options: VfioDeviceOptions;
  #state: VfioState = 'RUNNING';
  /** Resets so far: whoever waits for a command learns that there was one, whichever state it found. */
  #resets = 0;
  /** Saving: bytes not yet read. Resuming: bytes received. */
  #data: Uint8Array = empty;
  /** Early data that PRE_COPY gave last. */
  #lastSnapshot: Uint8Array | null = null;
  #isInitial = true;

  constructor(options: VfioDeviceOptions) {
    this.address = options.address;
    this.#options = options;
    const { address, tracking, pageSize, dmaLogging } = options;
    this.dmaLogging =
      tracking === null
        ? null
        : new DmaLogging({ address, commands: tracking, hostPage: pageSize, kernel: dmaLogging });
  }

  flags(): VfioFlags {
    const { p2p, preCopy } = this.#options.flags;
    const dmaLogging = this.dmaLogging !== null && this.#options.dmaLogging.available;
    return { p2p, preCopy, dmaLogging };
  }

  /** As a fleet file writes it; undefined when there is nothing to tell. */
  toFile(): FileVfio | undefined {
    const dmaLogging = this.dmaLogging?.toFile();
    if (this.#state === 'RUNNING' && dmaLogging === undefined) return undefined;
    return {
      state: this.#state,
      data: encodeBase64(this.#data),
      ...(this.#lastSnapshot === null
        ? {}
        : { early: { state: encodeBase64(this.#lastSnapshot), isInitial: this.#isInitial } }),
      ...(dmaLogging === undefined ? {} : { dmaLogging }),
    };
  }

  /** Continues where an exported fleet left off. */
  restore({ state, data, early, dmaLogging }: FileVfio): void {
    this.#state = state;
    this.#data = decodeBase64(data);
    this.#lastSnapshot = early ? decodeBase64(early.state) : null;
    this.#isInitial = early?.isInitial ?? true;
    if (dmaLogging) this.dmaLogging?.restore(dmaLogging);
  }

  state(): VfioState {
    return this.#state;
  }

  async setState(target: VfioState): Promise<Result<VfioState>> {
    const turn = this.#turn(`VFIO ${target} of`);
    if (turn !== null) {
      const taken = await turn;
      if (!taken.ok) return taken;
    }
    const path = vfioPath(this.#state, target, this.#options.flags);
    if (!path.ok) return path;
    const resets = this.#resets;
    for (const next of path.value) {
      const from = this.#state;
      const done = await this.#hop(from, next);
      // A reset in the meantime has moved the device to RUNNING; the walk is over then.
      if (this.#resets !== resets) return this.#interrupted(target);
      if (!done.ok) {
        // State that was not accepted leaves nothing to go on with: only a reset helps.
        if (from === 'RESUMING') this.#enter('ERROR');
        return fail(
          done.error.code,
          `${this.address}: VFIO state ${from} to ${next}: ${done.error.message}`,
          {
            object: this.address,
            field: 'device_state',
            ...(done.error.fix === undefined ? {} : { fix: done.error.fix }),
          },
        );
      }
      this.#enter(next);
      // What is left of early data comes first: the reader is in the middle of it.
      if (done.value) this.#data = concatenated(this.#data, done.value);
    }
    return succeed(this.#state);
  }

  // The bytes of a new saving session, if the hop opens one.
  async #hop(from: VfioState, next: VfioState): Promise<Result<Uint8Array | undefined>> {
    const { commands, flags } = this.#options;
    const none = (done: Result<void>): Result<undefined> => (done.ok ? succeed(undefined) : done);
    if (next === 'STOP_COPY') {
      const suspended = from === 'STOP' ? succeed(undefined) : await commands.suspend('suspend');
      return suspended.ok ? commands.save() : suspended;
    }
    if (from === 'RESUMING') return none(await commands.load(this.#data));
    if (from === 'STOP' && next !== 'RESUMING') return none(await commands.resume());
    if (next === 'STOP' && from !== 'STOP_COPY') return none(await commands.suspend('suspend'));
    const entersP2p = next === 'RUNNING_P2P' || next === 'PRE_COPY_P2P';
    const wasFree = from === 'RUNNING' || from === 'PRE_COPY';
    // The advance warning is all that NVMe has for "start nothing new".
    if (flags.p2p && entersP2p && wasFree) return none(await commands.suspend('notification'));
    return succeed(undefined);
  }

  #enter(state: VfioState): void {
    if (vfioDataSession(state) !== vfioDataSession(this.#state)) this.#dropData();
    this.#state = state;
  }

  #dropData(): void {
    this.#data = empty;
    this.#lastSnapshot = null;
    this.#isInitial = true;
  }

  #interrupted(target: VfioState): Result<never> {
    return fail('aborted', `${this.address} was reset on its way to ${target}`, {
      object: this.address,
      field: 'device_state',
      fix: 'Start again from RUNNING',
    });
  }

  async readState(): Promise<Result<Uint8Array>> {
    if (vfioDataSession(this.#state) !== 'save') return this.#noSession('read', 'STOP_COPY');
    const bytes = this.#data;
    this.#data = empty;
    return succeed(bytes);
  }

  /**
   * read() of the data session, at most `most` bytes. No bytes mean the end of the data in STOP_COPY; `null` in PRE_COPY
   * is ENOMSG: nothing now, perhaps more later.
   */
  async read(most: number): Promise<Result<Uint8Array | null>> {
    if (vfioDataSession(this.#state) !== 'save') return this.#noSession('read', 'STOP_COPY');
    const isEarly = this.#state !== 'STOP_COPY';
    if (isEarly) {
      const filled = await this.#takeSnapshot();
      if (!filled.ok) return filled;
      if (this.#data.length === 0) return succeed(null);
    }
    const bytes = this.#data.slice(0, most);
    this.#data = this.#data.slice(bytes.length);
    return succeed(bytes);
  }

  /** VFIO_MIG_GET_PRECOPY_INFO: bytes of the first early data, and of what changed since, that are left to read. */
  async precopyInfo(): Promise<Result<{ readonly initialBytes: number; readonly dirtyBytes: number }>> {
    if (this.#state !== 'PRE_COPY' && this.#state !== 'PRE_COPY_P2P')
      return fail('invalid-request', `${this.address} is in VFIO state ${this.#state}, not in PRE_COPY`, {
        object: this.address,
        field: 'device_state',
        fix: 'Go to PRE_COPY first',
      });
    const filled = await this.#takeSnapshot();
    if (!filled.ok) return filled;
    const left = this.#data.length;
    return succeed({ initialBytes: this.#isInitial ? left : 0, dirtyBytes: this.#isInitial ? 0 : left });
  }

  /** VFIO_DEVICE_FEATURE_MIG_DATA_SIZE: bytes that STOP_COPY would give now. Any state answers. */
  dataSize(): Promise<Result<number>> {
    return this.#options.commands.size();
  }

  // A state that is the same as the last one has nothing to tell.
  async #takeSnapshot(): Promise<Result<void>> {
    if (this.#data.length > 0) return succeed(undefined);
    const session = this.#state;
    const resets = this.#resets;
    const snapshot = await this.#options.commands.snapshot?.();
    // Without PRE_COPY there is no early state, so nobody gets here.
    if (snapshot === undefined) return succeed(undefined);
    if (!snapshot.ok) return snapshot;
    if (this.#resets !== resets || this.#state !== session) return this.#interrupted(session);
    const before = this.#lastSnapshot;
    if (before !== null) this.#isInitial = false;
    if (before !== null && Buffer.compare(before, snapshot.value) === 0) return succeed(undefined);
    this.#lastSnapshot = snapshot.value;
    this.#data = snapshot.value;
    return succeed(undefined);
  }

  async writeState(bytes: Uint8Array): Promise<Result<void>> {
    const turn = this.#turn('incoming state of');
    if (turn !== null) {
      const taken = await turn;
      if (!taken.ok) return taken;
    }
    if (vfioDataSession(this.#state) !== 'load') return this.#noSession('written', 'RESUMING');
    this.#data = concatenated(this.#data, bytes);
    return succeed(undefined);
  }

  #noSession(verb: string, state: VfioState): Result<never> {
    return fail('refused', `${this.address}: no state can be ${verb} in VFIO state ${this.#state}`, {
      object: this.address,
      field: 'data_fd',
      fix: `Go to ${state} first`,
    });
  }

  async reset(): Promise<Result<void>> {
    const turn = this.#turn('VFIO reset of');
    if (turn !== null) {
      const taken = await turn;
      if (!taken.ok) return taken;
    }
    this.#options.resetFunction();
    this.deviceWasReset();
    return succeed(undefined);
  }

  // null: nothing holds it, and it begins at once.
  #turn(what: string): Promise<Result<void>> | null {
    const words = `${what} ${this.address}`;
    const turn = this.#options.turn(words);
    if (turn === null) return null;
    return turn.then((ended) =>
      ended === 'cancelled' ? givenUpWhilePaused(words, this.address) : succeed(undefined),
    );
  }

  /** Any reset of the function: RUNNING, data dropped. */
  deviceWasReset(): void {
    this.#resets++;
    this.#state = 'RUNNING';
    this.#dropData();
  }

  /** The device is closed: nothing tracks for it any more. */
  async close(): Promise<void> {
    await this.dmaLogging?.stop();
  }
}
