import { fail, type Result, succeed } from '#shared/result.ts';
import { type VfioState, vfioDataSession } from '#shared/vfio/device-state.ts';
import { vfioPath } from '#shared/vfio/transitions.ts';
import type { VfioDevice } from '../../host-connection.ts';
import type { MigrationCommands } from './migration-commands.ts';

export interface VfioDeviceOptions {
  readonly address: string;
  readonly flags: { readonly p2p: boolean; readonly preCopy: boolean };
  readonly commands: MigrationCommands;
  /** Function level reset through the kernel. */
  readonly resetFunction: () => void;
}

const empty = new Uint8Array();

/** The VFIO device of one function: Linux's migration v2 state machine over the commands of its controlling function. */
export class SimulatedVfioDevice implements VfioDevice {
  readonly address: string;
  readonly #options: VfioDeviceOptions;
  #state: VfioState = 'RUNNING';
  /** Saving: bytes not yet read. Resuming: bytes received. */
  #data: Uint8Array = empty;

  constructor(options: VfioDeviceOptions) {
    this.address = options.address;
    this.#options = options;
  }

  /** Continues where an exported fleet left off. */
  restore(state: VfioState, data: Uint8Array): void {
    this.#state = state;
    this.#data = data;
  }

  state(): VfioState {
    return this.#state;
  }

  /** The session's bytes, for exporting. */
  sessionData(): Uint8Array {
    return this.#data;
  }

  async setState(target: VfioState): Promise<Result<VfioState>> {
    const path = vfioPath(this.#state, target, this.#options.flags);
    if (!path.ok) return path;
    for (const next of path.value) {
      const from = this.#state;
      const done = await this.#hop(from, next);
      // A reset in the meantime has moved the device to RUNNING; the walk is over then.
      if (this.#state !== from) return this.#interrupted(target);
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
      if (done.value) this.#data = done.value;
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
    if (vfioDataSession(state) !== vfioDataSession(this.#state)) this.#data = empty;
    this.#state = state;
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

  async writeState(bytes: Uint8Array): Promise<Result<void>> {
    if (vfioDataSession(this.#state) !== 'load') return this.#noSession('written', 'RESUMING');
    const joined = new Uint8Array(this.#data.length + bytes.length);
    joined.set(this.#data);
    joined.set(bytes, this.#data.length);
    this.#data = joined;
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
    this.#options.resetFunction();
    this.deviceWasReset();
    return succeed(undefined);
  }

  /** Any reset of the function: RUNNING, data dropped. */
  deviceWasReset(): void {
    this.#state = 'RUNNING';
    this.#data = empty;
  }
}
