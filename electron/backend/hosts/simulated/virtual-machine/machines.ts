import type { Link } from '#shared/migration/link-model.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { isVfioDriver } from '#shared/vfio/drivers.ts';
import type { Clock } from '../../../ports.ts';
import type {
  ArrivedMemory,
  HostVirtualMachine,
  MemoryPiece,
  MemoryProgress,
  MemoryRound,
  VirtualMachineOperations,
} from '../../host-connection.ts';
import { resetController } from '../controller/resets.ts';
import { startController } from '../controller/start-controller.ts';
import type { SimulatedKernel } from '../host/kernel.ts';
import type { PciFunction } from '../host/pci-function.ts';
import { givenUpWhilePaused, type TakeTurn } from '../host/take-turn.ts';
import { LinkCondition } from './link-condition.ts';
import type { SimulatedMachine } from './machine.ts';
import { stopDeviceLogs } from './memory/device-logs.ts';
import { pageBytes } from './memory/guest-memory.ts';
import { type LinkEnd, LinkRoute, LinkTraffic } from './memory/link-traffic.ts';
import { MachineMemory } from './memory/machine-memory.ts';
import { runGuest } from './run-guest.ts';

export interface MachinesOptions {
  readonly host: string;
  readonly kernel: SimulatedKernel;
  readonly clock: Clock;
  readonly turn: TakeTurn;
  /** The host's migration link. */
  readonly link: Link;
}

type NewMachine = Parameters<VirtualMachineOperations['createIncoming']>[0];

/** Virtual machines of a simulated host. Guests start the controllers that they are given. */
export class SimulatedMachines implements VirtualMachineOperations {
  readonly machines = new Map<string, SimulatedMachine>();
  /** How the migration link of the host does. */
  readonly link = new LinkCondition();
  readonly #options: MachinesOptions;
  readonly #memory: MachineMemory;
  /** What the migration link of the host is made for, and what passes there. */
  readonly linkEnd: LinkEnd;
  /** Microseconds on the clock up to which the guests have run. */
  #settledAt: number;

  constructor(options: MachinesOptions) {
    this.#options = options;
    this.linkEnd = { link: options.link, traffic: new LinkTraffic(options.link) };
    this.#memory = new MachineMemory({
      host: options.host,
      clock: options.clock,
      condition: this.link,
      find: (name) => this.#find(name),
      settle: () => this.settle(),
    });
    this.#settledAt = options.clock.microseconds();
  }

  /** Lets the guests that run do what they would have done until now. */
  settle(): void {
    const now = this.#options.clock.microseconds();
    const elapsed = now - this.#settledAt;
    this.#settledAt = now;
    if (elapsed <= 0) return;
    for (const machine of this.machines.values())
      if (machine.state === 'running' && machine.workload)
        runGuest(machine, machine.workload, Math.round(elapsed * (1 - machine.throttle)));
  }

  async list(): Promise<Result<readonly HostVirtualMachine[]>> {
    return succeed(
      [...this.machines.values()].map(
        ({
          name,
          vcpus,
          memoryBytes,
          viommu,
          state,
          devices,
          lostDevices,
          workload,
          memoryDigest,
          dirtyLog,
          throttle,
        }) => ({
          ...{ name, vcpus, memoryBytes, viommu, state },
          ...{ tracksMemory: dirtyLog !== null, throttleShare: throttle },
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

  createIncoming(machine: NewMachine): Promise<Result<void>> {
    return this.#inTurn('create incoming', machine.name, () => this.#createIncoming(machine));
  }

  #createIncoming(machine: NewMachine): Result<void> {
    if (this.machines.has(machine.name))
      return fail('conflict', `Host ${this.#options.host} already has a virtual machine ${machine.name}`, {
        object: machine.name,
        fix: 'Destroy or rename the other one',
      });
    this.machines.set(machine.name, {
      ...machine,
      viommu: machine.viommu ?? false,
      state: 'incoming',
      devices: [],
      lostDevices: new Set(),
      memoryDigest: '',
      receivedBytes: 0,
      workload: null,
      dirtyLog: null,
      outgoing: null,
      incoming: null,
      throttle: 0,
    });
    return succeed(undefined);
  }

  trackMemory(name: string, tracking: boolean): Promise<Result<void>> {
    const what = tracking ? 'begin to track the memory of' : 'stop tracking the memory of';
    return this.#inTurn(what, name, () => this.#memory.track(name, tracking));
  }

  throttle(name: string, share: number): Promise<Result<void>> {
    return this.#inTurn('throttle', name, () => {
      const found = this.#find(name);
      if (!found.ok) return found;
      // One that arrives when nobody migrates the guest any more must not slow it down.
      if (share > 0 && found.value.dirtyLog === null)
        return fail('refused', `Virtual machine ${name} is not being migrated`, {
          object: name,
          field: 'throttle',
          fix: 'Begin to track its memory first',
        });
      this.settle();
      found.value.throttle = Math.min(0.99, Math.max(0, share));
      return succeed(undefined);
    });
  }

  sendRound(
    name: string,
    destination: VirtualMachineOperations,
    onProgress: MemoryProgress,
    signal: AbortSignal,
    mostBytesPerSecond?: number,
  ): Promise<Result<MemoryRound>> {
    const route = this.#routeTo(destination);
    return this.#memory.sendRound(name, destination, route, onProgress, signal, mostBytesPerSecond);
  }

  async sendMemory(
    name: string,
    destination: VirtualMachineOperations,
    onProgress: MemoryProgress,
    signal: AbortSignal,
  ): Promise<Result<ArrivedMemory>> {
    const sent = await this.#memory.sendAll(
      name,
      destination,
      this.#routeTo(destination),
      onProgress,
      signal,
    );
    const found = this.#find(name);
    // The guest goes on there with what it does.
    if (sent.ok && found.ok && destination instanceof SimulatedMachines)
      destination.continueWork(name, found.value.workload);
    return sent;
  }

  #routeTo(destination: VirtualMachineOperations): LinkRoute {
    return new LinkRoute(this.linkEnd, destination instanceof SimulatedMachines ? destination.linkEnd : null);
  }

  /** What a guest that has arrived does when it runs. */
  continueWork(name: string, workload: SimulatedMachine['workload']): void {
    const machine = this.machines.get(name);
    if (machine) machine.workload = workload;
  }

  async receiveMemory(name: string, piece: MemoryPiece): Promise<Result<string | null>> {
    return this.#memory.receive(name, piece);
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
      Object.assign(machine, { dirtyLog: null, outgoing: null, incoming: null, throttle: 0 });
    }
  }

  destroy(name: string): Promise<Result<void>> {
    return this.#inTurn('destroy', name, () => this.#destroy(name));
  }

  async #destroy(name: string): Promise<Result<void>> {
    const found = this.#find(name);
    if (!found.ok) return found;
    if (found.value.state === 'running')
      return fail('refused', `Virtual machine ${name} is running`, {
        object: name,
        field: 'state',
        fix: 'Pause it first',
      });
    await stopDeviceLogs(found.value);
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
