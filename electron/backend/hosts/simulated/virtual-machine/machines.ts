import { joinLinks, type Link } from '#shared/migration/link-model.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { isVfioDriver } from '#shared/vfio/drivers.ts';
import type { Clock } from '../../../ports.ts';
import type { HostVirtualMachine, VirtualMachineOperations } from '../../host-connection.ts';
import { resetController } from '../controller/resets.ts';
import { startController } from '../controller/start-controller.ts';
import type { SimulatedKernel } from '../host/kernel.ts';
import type { PciFunction } from '../host/pci-function.ts';
import { givenUpWhilePaused, type TakeTurn } from '../host/take-turn.ts';
import { LinkCondition } from './link-condition.ts';
import { emptyDirtyLog, type SimulatedMachine } from './machine.ts';
import { runGuest } from './run-guest.ts';
import { sendMemory } from './send-memory.ts';

const pageBytes = 4096;

export interface MachinesOptions {
  readonly host: string;
  readonly kernel: SimulatedKernel;
  readonly clock: Clock;
  readonly turn: TakeTurn;
  /** The host's migration link. */
  readonly link: Link;
}

/** Virtual machines of a simulated host. Guests start the controllers that they are given. */
export class SimulatedMachines implements VirtualMachineOperations {
  readonly machines = new Map<string, SimulatedMachine>();
  /** How the migration link of the host does. */
  readonly link = new LinkCondition();
  readonly #options: MachinesOptions;
  /** What is being sent of each virtual machine. */
  readonly #sending = new Map<string, { readonly cancel: AbortController; readonly ended: Promise<void> }>();
  /** What the migration link of the host is made for. */
  readonly linkSpeed: Link;
  /** Microseconds on the clock up to which the guests have run. */
  #settledAt: number;

  constructor(options: MachinesOptions) {
    this.#options = options;
    this.linkSpeed = options.link;
    this.#settledAt = options.clock.microseconds();
  }

  /** Lets the guests that run do what they would have done until now. */
  settle(): void {
    const now = this.#options.clock.microseconds();
    const elapsed = now - this.#settledAt;
    this.#settledAt = now;
    if (elapsed <= 0) return;
    for (const machine of this.machines.values())
      if (machine.state === 'running' && machine.workload) runGuest(machine, machine.workload, elapsed);
  }

  /** Starts to note which pages of 4 KiB the guest's processors write to; a new log starts empty. */
  startDirtyLog(name: string): Result<void> {
    const found = this.#find(name);
    if (!found.ok) return found;
    this.settle();
    found.value.dirtyLog = emptyDirtyLog(found.value.memoryBytes);
    return succeed(undefined);
  }

  /** Pages written to since the log was started or last taken; taking them empties the log. */
  takeDirtyPages(name: string): Result<number> {
    const found = this.#find(name);
    if (!found.ok) return found;
    this.settle();
    const { dirtyLog } = found.value;
    if (!dirtyLog)
      return fail('refused', `The dirty log of virtual machine ${name} does not run`, {
        object: name,
        field: 'dirty log',
        fix: 'Start the log first',
      });
    const pages = dirtyLog.dirty;
    dirtyLog.take(Number.POSITIVE_INFINITY);
    return succeed(pages);
  }

  stopDirtyLog(name: string): Result<void> {
    const found = this.#find(name);
    if (!found.ok) return found;
    found.value.dirtyLog = null;
    return succeed(undefined);
  }

  async list(): Promise<Result<readonly HostVirtualMachine[]>> {
    return succeed(
      [...this.machines.values()].map(
        ({ name, vcpus, memoryBytes, viommu, state, devices, lostDevices, workload, memoryDigest }) => ({
          ...{ name, vcpus, memoryBytes, viommu, state },
          dirtyBytesPerSecond:
            state === 'running' ? (workload?.dirtyPagesPerSecond() ?? 0) * pageBytes : null,
          devices: devices.map((device) => device.address),
          ...(lostDevices.size === 0 ? {} : { lostDevices: [...lostDevices] }),
          ...(state === 'incoming' ? { memoryArrived: memoryDigest !== '' } : {}),
        }),
      ),
    );
  }

  // Whatever is asked of a virtual machine waits while the clock is paused.
  async #inTurn(
    what: string,
    name: string,
    work: () => Result<void> | Promise<Result<void>>,
  ): Promise<Result<void>> {
    const words = `${what} ${name} on ${this.#options.host}`;
    const turn = this.#options.turn(words);
    if (turn !== null && (await turn) === 'cancelled') return givenUpWhilePaused(words, name);
    return work();
  }

  attachDevice(name: string, address: string): Promise<Result<void>> {
    return this.#inTurn(`attach ${address} to`, name, () => this.#attachDevice(name, address));
  }

  #attachDevice(name: string, address: string): Result<void> {
    const found = this.#find(name);
    if (!found.ok) return found;
    const machine = found.value;
    const entry = this.#options.kernel.find(address);
    if (!entry)
      return fail('not-found', `Host ${this.#options.host} has no function ${address}`, {
        object: address,
        fix: 'Enable the virtual function first',
      });
    if (entry.owner !== null)
      return entry.owner === name
        ? succeed(undefined)
        : fail('busy', `${address} belongs to virtual machine ${entry.owner}`, {
            object: address,
            fix: `Detach it from ${entry.owner} first`,
          });
    if (!isVfioDriver(entry.driver))
      return fail('refused', `${address} is not bound to vfio-pci`, {
        object: address,
        field: 'driver',
        fix: 'Bind the function to vfio-pci first',
      });
    entry.owner = name;
    machine.devices.push(entry);
    machine.lostDevices.delete(address);
    // Opening a VFIO device resets its function; a running guest then starts the controller.
    this.#options.kernel.functionReset(entry);
    return succeed(undefined);
  }

  /** A function of a virtual machine was reset. Guests that do not run leave their controllers alone. */
  guestRestart(entry: PciFunction): void {
    const machine = entry.owner === null ? undefined : this.machines.get(entry.owner);
    if (machine?.state === 'running' && !entry.controller.isOffline)
      startController(entry.controller, { processors: machine.vcpus });
  }

  detachDevice(name: string, address: string): Promise<Result<void>> {
    return this.#inTurn(`detach ${address} from`, name, () => this.#detachDevice(name, address));
  }

  #detachDevice(name: string, address: string): Result<void> {
    const found = this.#find(name);
    if (!found.ok) return found;
    // Only its configuration has it; there is nothing to take away from the guest.
    if (found.value.lostDevices.delete(address)) return succeed(undefined);
    const index = found.value.devices.findIndex((device) => device.address === address);
    const [entry] = index < 0 ? [] : found.value.devices.splice(index, 1);
    if (!entry)
      return fail('not-found', `Virtual machine ${name} does not own ${address}`, {
        object: name,
        field: address,
        fix: 'Choose one of its devices',
      });
    entry.owner = null;
    this.#options.kernel.functionReset(entry);
    return succeed(undefined);
  }

  pause(name: string): Promise<Result<void>> {
    return this.#inTurn('pause', name, () => this.#changeState(name, ['running', 'paused'], 'paused'));
  }

  resume(name: string): Promise<Result<void>> {
    return this.#inTurn('resume', name, () => this.#resume(name));
  }

  #resume(name: string): Result<void> {
    const found = this.#find(name);
    if (!found.ok) return found;
    const machine = found.value;
    if (machine.state === 'incoming' && machine.memoryDigest === '')
      return fail('refused', `Virtual machine ${name} has not received its memory`, {
        object: name,
        field: 'memory',
        fix: 'Finish the migration, or destroy the virtual machine',
      });
    return this.#changeState(name, ['paused', 'incoming', 'running'], 'running');
  }

  #changeState(
    name: string,
    from: readonly SimulatedMachine['state'][],
    to: SimulatedMachine['state'],
  ): Result<void> {
    const found = this.#find(name);
    if (!found.ok) return found;
    if (!from.includes(found.value.state))
      return fail('refused', `Virtual machine ${name} is ${found.value.state}`, {
        object: name,
        field: 'state',
        fix: `It must be ${from.join(' or ')}`,
      });
    // Until now it did what its state before let it do.
    this.settle();
    found.value.state = to;
    return succeed(undefined);
  }

  createIncoming(machine: { name: string; vcpus: number; memoryBytes: number }): Promise<Result<void>> {
    return this.#inTurn('create incoming', machine.name, () => this.#createIncoming(machine));
  }

  #createIncoming(machine: { name: string; vcpus: number; memoryBytes: number }): Result<void> {
    if (this.machines.has(machine.name))
      return fail('conflict', `Host ${this.#options.host} already has a virtual machine ${machine.name}`, {
        object: machine.name,
        fix: 'Destroy or rename the other one',
      });
    this.machines.set(machine.name, {
      ...machine,
      // A virtual IOMMU keeps a virtual machine from migrating.
      viommu: false,
      state: 'incoming',
      devices: [],
      lostDevices: new Set(),
      memoryDigest: '',
      receivedBytes: 0,
      workload: null,
      dirtyLog: null,
    });
    return succeed(undefined);
  }

  async sendMemory(
    name: string,
    destination: VirtualMachineOperations,
    onProgress: (sentBytes: number) => void,
    signal: AbortSignal,
  ): Promise<Result<{ readonly bytes: number; readonly checksum: string }>> {
    // A virtual machine has one outgoing migration: QEMU's is cancelled before another one begins.
    for (let earlier = this.#sending.get(name); earlier; earlier = this.#sending.get(name)) {
      earlier.cancel.abort();
      await earlier.ended;
    }
    const found = this.#find(name);
    if (!found.ok) return found;
    const cancel = new AbortController();
    const sending = sendMemory(found.value, destination, {
      ...{ host: this.#options.host, clock: this.#options.clock, condition: this.link, onProgress },
      link:
        destination instanceof SimulatedMachines
          ? joinLinks(this.linkSpeed, destination.linkSpeed)
          : this.linkSpeed,
      signal: AbortSignal.any([signal, cancel.signal]),
    });
    const ended = sending.then(() => void this.#sending.delete(name));
    this.#sending.set(name, { cancel, ended });
    const sent = await sending;
    await ended;
    // The guest goes on there with what it does.
    if (sent.ok && destination instanceof SimulatedMachines)
      destination.continueWork(name, found.value.workload);
    return sent;
  }

  /** What a guest that has arrived does when it runs. */
  continueWork(name: string, workload: SimulatedMachine['workload']): void {
    const machine = this.machines.get(name);
    if (machine) machine.workload = workload;
  }

  async receiveMemory(
    name: string,
    chunk: {
      readonly offset: number;
      readonly bytes: number;
      readonly checksum: string;
      readonly last: boolean;
    },
  ): Promise<Result<void>> {
    const found = this.#find(name);
    if (!found.ok) return found;
    const machine = found.value;
    if (machine.state !== 'incoming')
      return fail('refused', `Virtual machine ${name} is ${machine.state}, not waiting for a migration`, {
        object: name,
        field: 'state',
        fix: 'Create it as incoming',
      });
    // A new attempt starts over, however far the one before came.
    if (chunk.offset === 0) machine.receivedBytes = 0;
    if (chunk.offset !== machine.receivedBytes)
      return fail(
        'device-data',
        `Memory arrived from byte ${chunk.offset} on, not ${machine.receivedBytes}`,
        {
          object: name,
          field: 'memory',
          fix: 'Send the memory again from its beginning',
        },
      );
    machine.receivedBytes += chunk.bytes;
    machine.memoryDigest = '';
    if (!chunk.last) return succeed(undefined);
    if (machine.receivedBytes !== machine.memoryBytes) {
      const { receivedBytes, memoryBytes } = machine;
      machine.receivedBytes = 0;
      return fail('device-data', `${receivedBytes} of ${memoryBytes} bytes of memory arrived`, {
        object: name,
        field: 'memory',
        fix: 'Destroy the incoming virtual machine and start again',
      });
    }
    machine.memoryDigest = chunk.checksum;
    return succeed(undefined);
  }

  /** The functions are gone, whatever the virtual machine does with them; its configuration names them all the same. */
  loseDevices(entries: ReadonlySet<PciFunction>): void {
    for (const machine of this.machines.values())
      for (const entry of [...machine.devices]) {
        if (!entries.has(entry)) continue;
        machine.devices.splice(machine.devices.indexOf(entry), 1);
        machine.lostDevices.add(entry.address);
      }
  }

  /** The host loses power: what ran is stopped, what waited for a migration has lost what it received. */
  losePower(): void {
    this.settle();
    for (const machine of this.machines.values()) {
      machine.state = 'stopped';
      machine.receivedBytes = 0;
      machine.dirtyLog = null;
    }
  }

  destroy(name: string): Promise<Result<void>> {
    return this.#inTurn('destroy', name, () => this.#destroy(name));
  }

  #destroy(name: string): Result<void> {
    const found = this.#find(name);
    if (!found.ok) return found;
    if (found.value.state === 'running')
      return fail('refused', `Virtual machine ${name} is running`, {
        object: name,
        field: 'state',
        fix: 'Pause it first',
      });
    for (const entry of found.value.devices.splice(0)) {
      entry.owner = null;
      // Closing a VFIO device resets its function.
      resetController(entry.controller, 'function');
      entry.vfio?.deviceWasReset();
    }
    this.machines.delete(name);
    return succeed(undefined);
  }

  #find(name: string): Result<SimulatedMachine> {
    const machine = this.machines.get(name);
    return machine
      ? succeed(machine)
      : fail('not-found', `Host ${this.#options.host} has no virtual machine ${name}`, {
          object: name,
          fix: `It has: ${[...this.machines.keys()].join(', ') || 'none'}`,
        });
  }
}
