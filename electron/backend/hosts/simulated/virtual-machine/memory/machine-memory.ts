import { fail, type Result, succeed } from '#shared/result.ts';
import type { Clock } from '../../../../ports.ts';
import type {
  ArrivedMemory,
  MemoryPiece,
  MemoryProgress,
  MemoryRound,
  VirtualMachineOperations,
} from '../../../host-connection.ts';
import type { LinkCondition } from '../link-condition.ts';
import { emptyDirtyLog, type SimulatedMachine } from '../machine.ts';
import { startDeviceLogs, stopDeviceLogs, takeDeviceWrites } from './device-logs.ts';
import { GuestMemory } from './guest-memory.ts';
import { IncomingMemory } from './incoming-memory.ts';
import type { LinkRoute } from './link-traffic.ts';
import { OutgoingMemory } from './outgoing-memory.ts';
import { type SendMemoryOptions, type SentMemory, sendMemory } from './send-memory.ts';

export interface MachineMemoryOptions {
  readonly host: string;
  readonly clock: Clock;
  readonly condition: LinkCondition;
  readonly find: (name: string) => Result<SimulatedMachine>;
  /** Lets the guests do what they would have done until now. */
  readonly settle: () => void;
}

/** The memory of the guests of a host on its way to and from other hosts: what QEMU's migration does with it. */
export class MachineMemory {
  readonly #options: MachineMemoryOptions;
  /** What is being sent of each virtual machine. */
  readonly #sending = new Map<string, { readonly cancel: AbortController; readonly ended: Promise<void> }>();
  #streams = 0;

  constructor(options: MachineMemoryOptions) {
    this.#options = options;
  }

  async track(name: string, tracking: boolean): Promise<Result<void>> {
    const found = this.#options.find(name);
    if (!found.ok) return found;
    const machine = found.value;
    this.#options.settle();
    Object.assign(machine, { outgoing: null, dirtyLog: null, throttle: 0 });
    const stopped = await stopDeviceLogs(machine);
    if (!tracking) return stopped;
    const started = await startDeviceLogs(machine);
    if (!started.ok) {
      await stopDeviceLogs(machine);
      return started;
    }
    this.#options.settle();
    machine.dirtyLog = emptyDirtyLog(machine.memoryBytes);
    return succeed(undefined);
  }

  async sendRound(
    name: string,
    destination: VirtualMachineOperations,
    route: LinkRoute,
    onProgress: MemoryProgress,
    signal: AbortSignal,
    mostBytesPerSecond?: number,
  ): Promise<Result<MemoryRound>> {
    return this.#exclusively(name, signal, async (machine, cancelled) => {
      // One that arrives when nobody wants it any more must not begin anything.
      if (machine.dirtyLog === null)
        return fail('refused', `The memory of virtual machine ${name} is not tracked`, {
          object: name,
          field: 'memory',
          fix: 'Begin to track its memory first',
        });
      const before = await this.#takeWrites(machine);
      if (!before.ok) return before;
      const sent = await this.#send(machine, destination, {
        ...{ route, onProgress, mostBytesPerSecond },
        signal: cancelled,
        last: false,
      });
      if (!sent.ok) return sent;
      const after = await this.#takeWrites(machine);
      if (!after.ok) return after;
      return succeed({
        bytes: sent.value.bytes,
        leftBytes: this.#outgoing(machine).leftBytes,
        startsOver: before.value === 'lost' || after.value === 'lost' || sent.value.startedOver,
        throttleShare: machine.throttle,
      });
    });
  }

  async sendAll(
    name: string,
    destination: VirtualMachineOperations,
    route: LinkRoute,
    onProgress: MemoryProgress,
    signal: AbortSignal,
  ): Promise<Result<ArrivedMemory>> {
    return this.#exclusively(name, signal, async (machine, cancelled) => {
      // Without a log nobody knows what was written since an earlier attempt.
      if (machine.dirtyLog === null) machine.outgoing = null;
      const written = await this.#takeWrites(machine);
      if (!written.ok) return written;
      const sent = await this.#send(machine, destination, {
        route,
        onProgress,
        signal: cancelled,
        last: true,
      });
      if (!sent.ok) return sent;
      const { contents } = this.#outgoing(machine);
      return succeed({
        bytes: machine.memoryBytes,
        checksum: contents.digest(),
        arrived: sent.value.arrived ?? '',
        sentBytes: sent.value.bytes,
      });
    });
  }

  receive(name: string, piece: MemoryPiece): Result<string | null> {
    const found = this.#options.find(name);
    if (!found.ok) return found;
    const machine = found.value;
    if (machine.state !== 'incoming')
      return fail('refused', `Virtual machine ${name} is ${machine.state}, not waiting for a migration`, {
        object: name,
        field: 'state',
        fix: 'Create it as incoming',
      });
    // Another attempt starts over, however far the one before came.
    if (machine.incoming?.stream !== piece.stream)
      machine.incoming = new IncomingMemory(name, machine.memoryBytes, piece);
    machine.memoryDigest = '';
    const received = machine.incoming.receive(piece);
    machine.receivedBytes = machine.incoming.receivedBytes;
    if (!received.ok) machine.incoming = null;
    else if (received.value !== null) machine.memoryDigest = received.value;
    return received;
  }

  /** A virtual machine has one outgoing migration: QEMU's is cancelled before another one begins. */
  async #exclusively<T>(
    name: string,
    signal: AbortSignal,
    work: (machine: SimulatedMachine, signal: AbortSignal) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    for (let earlier = this.#sending.get(name); earlier; earlier = this.#sending.get(name)) {
      earlier.cancel.abort();
      await earlier.ended;
    }
    const found = this.#options.find(name);
    if (!found.ok) return found;
    const cancel = new AbortController();
    const working = work(found.value, AbortSignal.any([signal, cancel.signal]));
    const ended = working.then(() => void this.#sending.delete(name));
    this.#sending.set(name, { cancel, ended });
    const done = await working;
    await ended;
    return done;
  }

  #send(
    machine: SimulatedMachine,
    destination: VirtualMachineOperations,
    options: Pick<SendMemoryOptions, 'route' | 'mostBytesPerSecond' | 'onProgress' | 'signal' | 'last'>,
  ): Promise<Result<SentMemory>> {
    const { host, clock, condition, settle } = this.#options;
    return sendMemory(machine, this.#outgoing(machine), destination, {
      ...{ host, clock, condition, settle },
      ...options,
    });
  }

  #outgoing(machine: SimulatedMachine): OutgoingMemory {
    machine.outgoing ??= this.#begin(machine);
    return machine.outgoing;
  }

  #begin({ name, memoryBytes, memoryDigest }: SimulatedMachine): OutgoingMemory {
    this.#options.settle();
    this.#streams++;
    const stream = `${this.#options.host}/${name}/${this.#options.clock.microseconds()}/${this.#streams}`;
    return new OutgoingMemory(stream, memoryBytes, new GuestMemory(memoryDigest, memoryBytes));
  }

  /**
   * What was written since it was asked last, from all logs to their ends. A log that broke off is begun anew, and everything
   * counts as written then.
   */
  async #takeWrites(machine: SimulatedMachine): Promise<Result<'known' | 'lost'>> {
    if (machine.dirtyLog === null) return succeed('known');
    this.#options.settle();
    const outgoing = this.#outgoing(machine);
    const written = await takeDeviceWrites(machine);
    this.#options.settle();
    outgoing.changed(machine.dirtyLog.take(Number.POSITIVE_INFINITY));
    if (written.ok) {
      outgoing.changed(written.value);
      return succeed('known');
    }
    await stopDeviceLogs(machine);
    const started = await startDeviceLogs(machine);
    if (!started.ok) return started;
    outgoing.startOver();
    return succeed('lost');
  }
}
