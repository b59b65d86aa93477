import { virtualFunctionAddress } from '#shared/fleet-file/host/pci-address.ts';
import { provisionedFunctionDriver } from '#shared/vfio/drivers.ts';
import type { Clock } from '../../../ports.ts';
import { resetController, setFunctionCount } from '../controller/resets.ts';
import { startController } from '../controller/start-controller.ts';
import { isPrimary, isSecondary } from '../state/controller.ts';
import { kernelError, kernelSuccess, type SimulatedKernelAnswer } from './errno.ts';
import {
  boundTo,
  countMustBeZero,
  hasVirtualFunctions,
  noAutomaticProbe,
  noIommu,
  noMatch,
  noSriov,
  noSriovDriver,
  notBound,
  usedBy,
} from './kernel-refusals.ts';
import {
  type FunctionBus,
  isPhysical,
  type PciFunction,
  type PhysicalFunction,
  provisionedUuidOf,
} from './pci-function.ts';
import {
  addProvisionedFunctions,
  provisionedFunctionsOf,
  removeProvisionedFunctions,
} from './provisioned-functions.ts';

/** A controller that is not ready makes the nvme driver give up after CAP.TO; here as observed, half a second. */
const probeTimeoutMicroseconds = 500_000;

export interface KernelOptions {
  readonly clock: Clock;
  /** Logical processors: I/O queues that the nvme driver asks for. */
  readonly processors: number;
  /** Whether there is an IOMMU; without one nothing can be bound to vfio-pci. */
  readonly hasIommu: boolean;
  /** Makes the VFIO device of a function that was bound to vfio-pci. */
  readonly openVfio: (entry: PciFunction) => PciFunction['vfio'];
  /** The function of a virtual machine was reset: its guest starts the controller again if it runs. */
  readonly guestRestart: (entry: PciFunction) => void;
}

/** PCI functions, drivers, device numbers and SR-IOV of one simulated host, as Linux handles them. */
export class SimulatedKernel implements FunctionBus {
  readonly functions = new Map<string, PciFunction>();
  /** Vendor and device IDs (`1b36 0010`) written to vfio-pci's `new_id`. */
  readonly #vfioIds = new Set<string>();
  readonly #options: KernelOptions;
  /** Functions with a probe that waits in vain; a rack has hundreds that have none. */
  readonly #probing = new Set<PciFunction>();
  /** Physical functions that were taken off the bus and are still in their slots. */
  readonly #removed: PhysicalFunction[] = [];

  constructor(options: KernelOptions) {
    this.#options = options;
  }

  /**
   * N of `nvme-subsysN` by NQN. Linux takes it from the controller that made the NVM subsystem known and keeps that
   * number from other controllers for as long as any of the subsystem's controllers has the driver.
   */
  readonly #subsystemNumbers = new Map<string, number>();

  add(entry: PciFunction): void {
    this.functions.set(entry.address, entry);
  }

  get hasIommu(): boolean {
    return this.#options.hasIommu;
  }

  find(address: string): PciFunction | undefined {
    this.settle();
    return this.functions.get(address);
  }

  /** Ends probes whose time is over. Everything that looks at the kernel calls it first, so no timer is needed. */
  settle(): void {
    if (this.#probing.size === 0) return;
    const now = this.#options.clock.microseconds();
    for (const entry of this.#probing)
      if (entry.probeEndsAt !== null && entry.probeEndsAt <= now) this.dropDriver(entry);
  }

  /** The function behind `/dev/nvmeN`; a probe that has not ended has no usable device. */
  byDeviceName(name: string): PciFunction | undefined {
    this.settle();
    const instance = /^(?:\/dev\/)?nvme(\d+)$/.exec(name)?.[1];
    if (instance === undefined) return undefined;
    for (const entry of this.functions.values())
      if (entry.instance === Number(instance) && entry.probeEndsAt === null) return entry;
    return undefined;
  }

  /** `nvme1`, or null when the nvme driver is not bound or still probing. */
  deviceName(entry: PciFunction): string | null {
    return entry.instance === null || entry.probeEndsAt !== null ? null : `nvme${entry.instance}`;
  }

  /** Binds the VFIO driver of its kind, which leaves the controller alone. */
  startVfio(entry: PciFunction): void {
    entry.driver = provisionedUuidOf(entry) === null ? 'vfio-pci' : provisionedFunctionDriver;
    entry.vfio = this.#options.openVfio(entry);
  }

  /** Binds the nvme driver: takes the lowest free device number, then starts the controller or waits in vain. */
  startNvme(entry: PciFunction): void {
    // First the number: the subsystem of a controller that comes back was forgotten meanwhile.
    entry.instance ??= this.freeInstances().next().value;
    entry.driver = 'nvme';
    if (entry.controller.isOffline || entry.controller.suspended) {
      entry.probeEndsAt = this.#options.clock.microseconds() + probeTimeoutMicroseconds;
      this.#probing.add(entry);
      this.#options.clock.announce?.(probeTimeoutMicroseconds / 1000, `probe of ${entry.address}`);
    } else {
      this.numberSubsystems([[entry.controller.subsystem.nqn, entry.instance]]);
      startController(entry.controller, { processors: this.#options.processors });
    }
  }

  /** Gives subsystems that are not known yet their numbers. */
  numberSubsystems(given: readonly (readonly [nqn: string, number: number])[]): void {
    const numbers = this.subsystemNumbers();
    for (const [nqn, number] of given) if (!numbers.has(nqn)) this.#subsystemNumbers.set(nqn, number);
  }

  /** The numbers in use; a subsystem whose last controller lost the driver is forgotten. */
  subsystemNumbers(): ReadonlyMap<string, number> {
    const known = new Set<string>();
    for (const entry of this.functions.values())
      if (entry.driver === 'nvme' && entry.probeEndsAt === null) known.add(entry.controller.subsystem.nqn);
    for (const nqn of this.#subsystemNumbers.keys()) if (!known.has(nqn)) this.#subsystemNumbers.delete(nqn);
    return this.#subsystemNumbers;
  }

  /** Numbers of `/dev/nvmeN` that nothing has, ascending. */
  *freeInstances(): Generator<number, never> {
    const used = new Set([...this.functions.values()].map((entry) => entry.instance));
    for (const number of this.subsystemNumbers().values()) used.add(number);
    for (let instance = 0; ; instance++) if (!used.has(instance)) yield instance;
  }

  /** Forgets the driver without touching the controller. */
  dropDriver(entry: PciFunction): void {
    entry.driver = null;
    entry.instance = null;
    entry.probeEndsAt = null;
    this.#probing.delete(entry);
    void entry.vfio?.close();
    entry.vfio = null;
  }

  /** `bind` of a driver: the driver must match and probing must be allowed. */
  bind(entry: PciFunction, driver: string): SimulatedKernelAnswer {
    if (!this.#matches(entry, driver)) return kernelError('ENODEV', noMatch(entry, driver));
    if (entry.driver !== null) return kernelError('EBUSY', boundTo(entry, entry.driver));
    return this.#probe(entry, driver);
  }

  /** `drivers_probe`: binds whatever driver matches; finding none is not an error. */
  probeAny(entry: PciFunction): SimulatedKernelAnswer {
    if (entry.driver !== null) return kernelSuccess;
    const driver = ['nvme', 'vfio-pci'].find((candidate) => this.#matches(entry, candidate));
    if (driver === undefined) return kernelSuccess;
    // The driver core keeps a driver's refusal to itself here and leaves the function without one.
    this.#probe(entry, driver);
    return kernelSuccess;
  }

  #matches(entry: PciFunction, driver: string): boolean {
    if (provisionedUuidOf(entry) !== null) return false;
    if (entry.driverOverride !== null) return entry.driverOverride === driver;
    return driver === 'nvme' || (driver === 'vfio-pci' && this.#vfioIds.has(pciId(entry)));
  }

  #probe(entry: PciFunction, driver: string): SimulatedKernelAnswer {
    const physical = entry.physicalFunction;
    // The kernel lets an explicit driver_override pass even when automatic probing is off.
    if (physical?.sriov && !physical.sriov.driversAutoprobe && entry.driverOverride === null)
      return kernelError('ENODEV', noAutomaticProbe(entry, physical, driver));
    if (driver === 'vfio-pci') {
      if (isPrimary(entry.controller) && entry.controller.part.numVfs > 0)
        return kernelError('EBUSY', hasVirtualFunctions(entry, entry.controller.part.numVfs, this));
      if (!this.#options.hasIommu) return kernelError('EINVAL', noIommu(entry));
      if (isSecondary(entry.controller) && !entry.controller.part.visible)
        return kernelError('ENODEV', {
          cause: `The controlling function hides ${entry.address} from VFIO`,
          fix: 'Make the function visible first',
        });
      this.startVfio(entry);
      return kernelSuccess;
    }
    this.startNvme(entry);
    if (isPhysical(entry)) addProvisionedFunctions(this, entry);
    return kernelSuccess;
  }

  /** `unbind`: the driver shuts the controller down; that of a primary takes its secondaries offline. */
  unbind(entry: PciFunction, driver: string): SimulatedKernelAnswer {
    if (entry.driver !== driver) return kernelError('ENODEV', notBound(entry, driver));
    const shown = provisionedFunctionsOf(this, entry);
    const used = usedByMachine([entry, ...shown]);
    if (used) return used;
    this.#stopDriver(entry);
    removeProvisionedFunctions(this, shown);
    return kernelSuccess;
  }

  // The nvme driver shuts down the controller that it leaves.
  #stopDriver(entry: PciFunction): void {
    if (entry.driver === 'nvme' && entry.probeEndsAt === null)
      resetController(entry.controller, 'controller');
    this.dropDriver(entry);
  }

  /** `remove`: takes a function off the bus, and with a physical one its virtual functions. */
  remove(entry: PciFunction): SimulatedKernelAnswer {
    const virtual = isPhysical(entry) ? this.virtualFunctions(entry) : [];
    const shown = provisionedFunctionsOf(this, entry);
    const used = usedByMachine([entry, ...virtual, ...shown]);
    if (used) return used;
    this.#stopDriver(entry);
    removeProvisionedFunctions(this, shown);
    if (isPhysical(entry)) {
      this.dropVirtualFunctions(entry);
      if (isPrimary(entry.controller)) setFunctionCount(entry.controller, 0);
      if (entry.sriov) entry.sriov.driversAutoprobe = true;
      this.#removed.push(entry);
    }
    entry.driverOverride = null;
    this.functions.delete(entry.address);
    return kernelSuccess;
  }

  /**
   * `rescan`: finds the physical functions that were removed, and gives each a driver that matches. A virtual function
   * comes back with `sriov_numvfs` alone, because a scan of the bus does not see it.
   */
  rescan(): SimulatedKernelAnswer {
    for (const entry of this.#removed.splice(0)) {
      this.add(entry);
      this.probeAny(entry);
    }
    return kernelSuccess;
  }

  /** `new_id` of vfio-pci: every unbound function with that ID gets bound. */
  addVfioId(id: string): SimulatedKernelAnswer {
    if (this.#vfioIds.has(id))
      return kernelError('EEXIST', {
        cause: `vfio-pci already has ${id} in its list`,
        fix: 'Leave the step out and go on with bind',
      });
    this.#vfioIds.add(id);
    for (const entry of [...this.functions.values()])
      if (entry.driver === null && pciId(entry) === id && this.#matches(entry, 'vfio-pci'))
        this.#probe(entry, 'vfio-pci');
    return kernelSuccess;
  }

  removeVfioId(id: string): SimulatedKernelAnswer {
    if (this.#vfioIds.delete(id)) return kernelSuccess;
    return kernelError('ENODEV', {
      cause: `vfio-pci does not have ${id} in its list`,
      fix: 'Leave the step out',
    });
  }

  /** `sriov_numvfs`. */
  setVfCount(entry: PhysicalFunction, count: number): SimulatedKernelAnswer {
    const { controller, sriov } = entry;
    if (!sriov || !isPrimary(controller)) return kernelError('ENOENT', noSriov(entry), 'open');
    if (count > sriov.totalVfs)
      return kernelError('ERANGE', {
        cause: `${entry.address} has ${sriov.totalVfs} virtual functions (sriov_totalvfs), and ${count} were asked for`,
        fix: `Write at most ${sriov.totalVfs}`,
      });
    const current = controller.part.numVfs;
    if (count === current) return kernelSuccess;
    if (entry.driver !== 'nvme') return kernelError('ENOENT', noSriovDriver(entry));
    const used = usedByMachine(this.virtualFunctions(entry));
    if (count !== 0 && current !== 0)
      return kernelError('EBUSY', countMustBeZero(entry, current, used !== undefined));
    if (used) return used;
    this.dropVirtualFunctions(entry);
    setFunctionCount(controller, count);
    for (const virtual of this.addVirtualFunctions(entry)) this.probeAny(virtual);
    return kernelSuccess;
  }

  /** Takes the virtual functions of a physical one off the bus, whoever uses them. */
  dropVirtualFunctions(physical: PhysicalFunction): void {
    for (const virtual of this.virtualFunctions(physical)) {
      this.dropDriver(virtual);
      virtual.owner = null;
      this.functions.delete(virtual.address);
    }
  }

  /** Puts the enabled virtual functions on the bus, unbound. */
  addVirtualFunctions(physical: PhysicalFunction): readonly PciFunction[] {
    const { controller, sriov } = physical;
    if (!sriov || !isPrimary(controller)) return [];
    const added: PciFunction[] = [];
    const groups = this.freeGroups();
    for (const secondary of controller.part.secondaries.slice(0, controller.part.numVfs)) {
      const vfn = added.length + 1;
      const address = virtualFunctionAddress(physical.address, sriov, vfn);
      if (address === undefined) break;
      const entry: PciFunction = {
        address,
        transport: 'pcie',
        controller: secondary,
        physicalFunction: physical,
        vfn,
        deviceId: physical.deviceId,
        iommuGroup: this.#options.hasIommu ? groups.next().value : null,
        driver: null,
        driverOverride: null,
        instance: null,
        probeEndsAt: null,
        vfio: null,
        owner: null,
      };
      this.add(entry);
      added.push(entry);
    }
    return added;
  }

  /** IOMMU group numbers that nothing has, ascending. */
  *freeGroups(): Generator<number, never> {
    const used = new Set<number | null>();
    // Other devices of the host, which are not simulated, have the numbers below those of the physical functions.
    let group = 0;
    for (const entry of this.functions.values()) {
      used.add(entry.iommuGroup);
      if (isPhysical(entry) && entry.iommuGroup !== null) group = Math.max(group, entry.iommuGroup + 1);
    }
    for (; ; group++) if (!used.has(group)) yield group;
  }

  virtualFunctions(physical: PhysicalFunction): readonly PciFunction[] {
    return [...this.functions.values()].filter(
      (entry) => entry.physicalFunction === physical && entry.vfn > 0,
    );
  }

  /** `reset`: function level reset; afterwards the nvme driver starts the controller again. */
  functionReset(entry: PciFunction): void {
    resetController(entry.controller, 'function');
    entry.vfio?.deviceWasReset();
    this.restart(entry);
  }

  /** `nvme reset`: the driver disables and enables the controller. */
  controllerReset(entry: PciFunction): SimulatedKernelAnswer {
    if (entry.controller.isOffline) {
      this.dropDriver(entry);
      return kernelError('ENETRESET', {
        cause: `The controller of ${entry.address} is offline and does not come back by a reset`,
        fix: 'Bring it online at its primary controller (nvme virt-mgmt --act=9), then bind the driver again',
      });
    }
    resetController(entry.controller, 'controller');
    this.restart(entry);
    return kernelSuccess;
  }

  /** The nvme driver finds the controller reset and starts it; one that is offline stays as Linux shows it, `live`. */
  restart(entry: PciFunction): void {
    if (entry.owner !== null) this.#options.guestRestart(entry);
    else if (entry.driver === 'nvme' && entry.probeEndsAt === null && !entry.controller.isOffline)
      startController(entry.controller, { processors: this.#options.processors });
  }
}

// Linux would wait until the virtual machine lets go; refusing says the same sooner.
function usedByMachine(entries: readonly PciFunction[]): SimulatedKernelAnswer | undefined {
  const used = entries.find(({ owner }) => owner !== null);
  return used && kernelError('EBUSY', usedBy(used));
}

/** `1b36 0010`: vendor from Identify Controller and device ID. */
function pciId(entry: PciFunction): string {
  const { identifyTemplate } = entry.controller;
  const view = new DataView(identifyTemplate.buffer, identifyTemplate.byteOffset);
  const vendor = view.getUint16(0, true).toString(16).padStart(4, '0');
  return `${vendor} ${entry.deviceId.toString(16).padStart(4, '0')}`;
}
