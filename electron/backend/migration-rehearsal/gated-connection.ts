import { changesController, describeCommand } from '#shared/nvme/commands/table.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { AdminQueue } from '../hosts/admin-queue.ts';
import type {
  HostConnection,
  PciOperations,
  VfioDevice,
  VirtualMachineOperations,
} from '../hosts/host-connection.ts';
import { type Effect, gatedUserData, type Look } from './gated-user-data.ts';
import { type Life, never } from './life.ts';
import {
  belatedMilliseconds,
  inFlightMilliseconds,
  type LivingHosts,
  timeoutMilliseconds,
} from './living-hosts.ts';

/**
 * A living host as one program reaches it: what changes something passes the moments of that program's life, and is on
 * the host's account from when it was handed over.
 */
export function gatedConnection(
  host: LivingHosts['hosts'][number],
  life: Life,
  hosts: LivingHosts,
): HostConnection {
  const look = <T>(work: () => Promise<T>): Promise<T> => (life.isAlive ? life.hears(work()) : never);

  const effect = async <T>(
    what: string,
    work: () => Promise<Result<T>>,
    inFlight = inFlightMilliseconds,
  ): Promise<Result<T>> => {
    if (!life.pass('before effect', what)) return never;
    const trouble = life.countEffect(what);
    if (!life.pass('effect in flight', what)) {
      hosts.handOver(inFlight, what, work);
      return never;
    }
    const answer = await troubled(what, work, trouble);
    hosts.watch(what);
    return life.pass('after effect', what) ? answer : never;
  };

  const troubled = async <T>(
    what: string,
    work: () => Promise<Result<T>>,
    trouble: ReturnType<Life['countEffect']>,
  ): Promise<Result<T>> => {
    const { clock } = hosts;
    const lost = (): Result<T> =>
      fail('device-timeout', `${what} was not answered.`, { object: host.id, fix: 'Read it again.' });
    switch (trouble) {
      case null:
        return work();
      case 'refused':
      case 'always refused':
        return fail('device-status', `${what} was refused.`, { object: host.id, fix: 'Try again.' });
      case 'completion lost': {
        await work();
        await clock.sleep(timeoutMilliseconds, { what });
        return lost();
      }
      case 'slow': {
        await clock.sleep(belatedMilliseconds, { what });
        return work();
      }
      case 'late': {
        hosts.handOver(belatedMilliseconds, what, work);
        await clock.sleep(timeoutMilliseconds, { what });
        return lost();
      }
    }
  };

  const gatedQueue = (queue: AdminQueue, name: string): AdminQueue => ({
    ...queue,
    submit: (command) => {
      if (!changesController(command.opcode)) return look(() => queue.submit(command));
      const described = describeCommand(command);
      return effect(`${host.id} ${name} ${described.name} ${described.words}`.trim(), () =>
        queue.submit(command),
      );
    },
  });
  const queueOf = (found: Result<AdminQueue>, name: string): Result<AdminQueue> =>
    found.ok ? succeed(gatedQueue(found.value, name)) : found;

  const gatedDevice = (device: VfioDevice): VfioDevice => ({
    address: device.address,
    state: () => device.state(),
    flags: () => device.flags(),
    setState: (target) =>
      effect(`${host.id} ${device.address} VFIO ${target}`, () => device.setState(target)),
    // What was read is no longer there to be read again.
    read: (most) => effect(`${host.id} ${device.address} read of early state`, () => device.read(most)),
    readState: () => effect(`${host.id} ${device.address} read of its state`, () => device.readState()),
    writeState: (bytes) =>
      effect(`${host.id} ${device.address} write of its state`, () => device.writeState(bytes)),
    reset: () => effect(`${host.id} ${device.address} VFIO reset`, () => device.reset()),
  });

  const { pci } = host;
  const gatedPci: PciOperations = {
    setVfCount: (address, count) =>
      effect(`${host.id} ${address} sriov_numvfs ${count}`, () => pci.setVfCount(address, count)),
    setDriversAutoprobe: (address, enabled) =>
      effect(`${host.id} ${address} sriov_drivers_autoprobe ${enabled}`, () =>
        pci.setDriversAutoprobe(address, enabled),
      ),
    functionLevelReset: (address) =>
      effect(`${host.id} ${address} function level reset`, () => pci.functionLevelReset(address)),
    controllerReset: (address) =>
      effect(`${host.id} ${address} controller reset`, () => pci.controllerReset(address)),
    subsystemReset: (address) =>
      effect(`${host.id} ${address} subsystem reset`, () => pci.subsystemReset(address)),
    setDriver: (address, driver) =>
      effect(`${host.id} ${address} driver ${driver}`, () => pci.setDriver(address, driver)),
  };

  return {
    id: host.id,
    describe: () => look(() => host.describe()),
    functions: () => look(() => host.functions()),
    adminQueue: (address) => queueOf(host.adminQueue(address), address),
    guestQueue: (address) => queueOf(host.guestQueue(address), `${address} guest`),
    guestRegisters: (address) => host.guestRegisters(address),
    guestConfigSpace: (address) => host.guestConfigSpace(address),
    pci: gatedPci,
    vfioDevice: (address) => {
      const found = host.vfioDevice(address);
      return found.ok ? succeed(gatedDevice(found.value)) : found;
    },
    virtualMachines: new GatedMachines(host, look, effect),
    userData: gatedUserData(host.userData, { hostId: host.id, look, effect }),
    // The hosts live on.
    close: async () => undefined,
  };
}

class GatedMachines implements VirtualMachineOperations {
  readonly machines: LivingHosts['hosts'][number]['virtualMachines'];
  readonly #hostId: string;
  readonly #look: Look;
  readonly #effect: Effect;

  constructor(host: LivingHosts['hosts'][number], look: Look, effect: Effect) {
    this.machines = host.virtualMachines;
    this.#hostId = host.id;
    this.#look = look;
    this.#effect = effect;
  }

  list: VirtualMachineOperations['list'] = () => this.#look(() => this.machines.list());
  attachDevice: VirtualMachineOperations['attachDevice'] = (name, address) =>
    this.#do(`attach ${address} to ${name}`, () => this.machines.attachDevice(name, address));
  detachDevice: VirtualMachineOperations['detachDevice'] = (name, address) =>
    this.#do(`detach ${address} from ${name}`, () => this.machines.detachDevice(name, address));
  pause: VirtualMachineOperations['pause'] = (name) =>
    this.#do(`pause ${name}`, () => this.machines.pause(name));
  resume: VirtualMachineOperations['resume'] = (name) =>
    this.#do(`resume ${name}`, () => this.machines.resume(name));
  createIncoming: VirtualMachineOperations['createIncoming'] = (machine) =>
    this.#do(`create incoming ${machine.name}`, () => this.machines.createIncoming(machine));
  destroy: VirtualMachineOperations['destroy'] = (name) =>
    this.#do(`destroy ${name}`, () => this.machines.destroy(name));
  receiveMemory: VirtualMachineOperations['receiveMemory'] = (name, piece) =>
    this.machines.receiveMemory(name, piece);
  trackMemory: VirtualMachineOperations['trackMemory'] = (name, tracking) =>
    this.#do(`${tracking ? 'track' : 'stop tracking'} the memory of ${name}`, () =>
      this.machines.trackMemory(name, tracking),
    );
  throttle: VirtualMachineOperations['throttle'] = (name, share) =>
    this.#do(`throttle ${name}`, () => this.machines.throttle(name, share));

  // The hypervisors send it among themselves: once begun, it needs no program to go on.
  sendMemory: VirtualMachineOperations['sendMemory'] = (name, destination, onProgress, signal) =>
    this.#effect(
      `${this.#hostId} send memory of ${name}`,
      () => this.machines.sendMemory(name, ungated(destination), onProgress, signal),
      0,
    );
  sendRound: VirtualMachineOperations['sendRound'] = (name, destination, onProgress, signal, most) =>
    this.#effect(
      `${this.#hostId} send a round of the memory of ${name}`,
      () => this.machines.sendRound(name, ungated(destination), onProgress, signal, most),
      0,
    );

  #do<T>(what: string, work: () => Promise<Result<T>>): Promise<Result<T>> {
    return this.#effect(`${this.#hostId} ${what}`, work);
  }
}

function ungated(destination: VirtualMachineOperations): VirtualMachineOperations {
  return destination instanceof GatedMachines ? destination.machines : destination;
}
