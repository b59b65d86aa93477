import type { Capability, Host } from '#shared/fleet/schema.ts';
import type { FileLinkState } from '#shared/fleet-file/host/link-schema.ts';
import type { FileHost } from '#shared/fleet-file/schema.ts';
import { platformFeatures } from '#shared/platform/feature-levels.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { LinkState } from '#shared/simulation/device-faults.ts';
import { isVfioDriver } from '#shared/vfio/drivers.ts';
import type { Clock } from '../../../ports.ts';
import type { AdminQueue } from '../../admin-queue.ts';
import type { HostConnection, NvmeFunction, VfioDevice } from '../../host-connection.ts';
import type { QueueTracer } from '../../traced-admin-queue.ts';
import { configurationSpace } from '../controller/configuration-space.ts';
import { controllerRegisters, propertyBytes } from '../controller/registers.ts';
import type { MetFault } from '../faults/fault-plan.ts';
import { isPrimary, isSecondary } from '../state/controller.ts';
import { SimulatedSysfs } from '../sysfs/sysfs.ts';
import { HostUserData } from '../user-data/host-user-data.ts';
import { openVariantDriver, variantDriverName, vfioOfferOf } from '../vfio/variant-driver.ts';
import type { SimulatedVfioDevice } from '../vfio/vfio-device.ts';
import { SimulatedMachines } from '../virtual-machine/machines.ts';
import { createControllerQueue } from './controller-queue.ts';
import { kernelError, type SimulatedKernelAnswer } from './errno.ts';
import { hostPlatform, iommuOf, vfioFlags } from './host-platform.ts';
import { SimulatedKernel } from './kernel.ts';
import { missingDevice } from './missing-object.ts';
import { type NamespaceDevice, namespaceDevices } from './namespace-devices.ts';
import { isPhysical, type PciFunction, provisionedUuidOf } from './pci-function.ts';
import { createPciOperations } from './pci-operations.ts';
import { resetSubsystem } from './subsystem-reset.ts';
import { createTurns, type TakeTurn } from './take-turn.ts';

export interface SimulatedHostOptions {
  readonly clock: Clock;
  readonly trace: QueueTracer;
  /** How long a driver waits for a completion that does not come. */
  readonly adminTimeoutMilliseconds: number;
  /** Told of every command that a fault met. */
  readonly onFault?: (met: MetFault) => void;
}

/**
 * A simulated hypervisor. Besides the host connection it offers the kernel's view that a console needs: sysfs writes,
 * `/dev` names and the resets of nvme-cli.
 */
export class SimulatedHost implements HostConnection {
  readonly id: string;
  readonly file: FileHost;
  readonly kernel: SimulatedKernel;
  readonly virtualMachines: SimulatedMachines;
  readonly userData: HostUserData;
  readonly pci: HostConnection['pci'];
  readonly sysfs: SimulatedSysfs;
  /** It started anew after it had lost power. */
  lostPower: boolean;
  readonly #options: SimulatedHostOptions;
  readonly #queues = new Map<string, AdminQueue>();
  readonly #turn: TakeTurn;
  #cancel: () => void = () => undefined;
  #cancelled = new Promise<void>(() => undefined);

  constructor(file: FileHost, options: SimulatedHostOptions) {
    this.id = file.name;
    this.file = file;
    this.lostPower = file.lostPower === true;
    this.#options = options;
    this.#turn = createTurns(options.clock, () => this.#cancelled);
    this.kernel = new SimulatedKernel({
      clock: options.clock,
      processors: file.processors,
      hasIommu: iommuOf(file) !== '',
      openVfio: (entry) => this.#openVfio(entry),
      guestRestart: (entry) => this.virtualMachines.guestRestart(entry),
    });
    this.virtualMachines = new SimulatedMachines({
      host: file.name,
      kernel: this.kernel,
      clock: options.clock,
      turn: this.#turn,
      link: {
        bytesPerSecond: file.linkBytesPerSecond,
        latencyMilliseconds: file.linkLatencyMilliseconds,
        loss: file.linkLoss,
      },
    });
    this.userData = new HostUserData({
      ...{ host: file.name, kernel: this.kernel, clock: options.clock, turn: this.#turn },
      linkEnd: this.virtualMachines.linkEnd,
      condition: this.virtualMachines.link,
      settle: () => this.virtualMachines.settle(),
    });
    if (file.linkState) this.virtualMachines.link.restore(file.linkState, options.clock.now());
    this.sysfs = new SimulatedSysfs(this.kernel);
    this.pci = createPciOperations(this);
    this.#renewCancellation();
  }

  async describe(): Promise<Result<Omit<Host, 'id'>>> {
    const { name, kernel, linkBytesPerSecond, linkLatencyMilliseconds, linkLoss } = this.file;
    const iommu = iommuOf(this.file);
    const platform = hostPlatform(this.file);
    const flags = vfioFlags(this.file);
    const { kernelMigrationV2 } = platform.features;
    const available: Capability = { available: true };
    const managers = [...this.kernel.functions.values()].filter(({ controller }) => isPrimary(controller));
    const offers = (can: 'stateTransfer' | 'virtualSubsystems', reason: string): Capability =>
      managers.some(({ controller }) => Boolean(controller.subsystem.profile[can]))
        ? available
        : { available: false, reason };
    const noIommu: Capability = {
      available: false,
      reason: 'The host has no IOMMU, so nothing can be bound to vfio-pci.',
    };
    return succeed({
      name,
      kind: 'simulated',
      kernel,
      iommu,
      vfioFlags: flags,
      linkBytesPerSecond,
      linkLatencyMilliseconds,
      linkLoss,
      platform,
      capabilities: {
        changeControllers: available,
        changePci: available,
        vfioMigration:
          iommu === ''
            ? noIommu
            : flags.stopCopy
              ? offers(
                  'stateTransfer',
                  'No controller of this host can be migrated: none has Host Managed Live Migration (OACS bit 11), and no VFIO driver knows another way.',
                )
              : kernelMigrationV2.available
                ? { available: false, reason: 'The VFIO driver of this host has no migration support.' }
                : kernelMigrationV2,
        virtualMachines: available,
        virtualSubsystems: offers(
          'virtualSubsystems',
          'No controller of this host has the proposed virtual subsystem commands.',
        ),
      },
      ...(this.lostPower ? { lostPower: true } : {}),
      problems: [],
    });
  }

  async functions(): Promise<Result<readonly NvmeFunction[]>> {
    this.kernel.settle();
    const { stopCopy } = vfioFlags(this.file);
    const functions = [...this.kernel.functions.values()].map((entry) =>
      this.#describeFunction(entry, stopCopy),
    );
    return succeed(functions.sort((left, right) => (left.address < right.address ? -1 : 1)));
  }

  #describeFunction(entry: PciFunction, stopCopy: boolean): NvmeFunction {
    const { controller, physicalFunction } = entry;
    const sriov = isPhysical(entry) ? entry.sriov : null;
    const uuid = provisionedUuidOf(entry);
    return {
      address: entry.address,
      transport: entry.transport,
      deviceName: this.kernel.deviceName(entry),
      driver: entry.driver,
      iommuGroup: entry.iommuGroup,
      ...(entry.transport === 'pcie' ? { deviceId: entry.deviceId } : {}),
      sriov:
        sriov && isPrimary(controller)
          ? {
              totalVfs: sriov.totalVfs,
              numVfs: controller.part.numVfs,
              driversAutoprobe: sriov.driversAutoprobe,
            }
          : null,
      provisionsFunctions: isPrimary(controller) && controller.part.provisioned !== null,
      virtualFunction: physicalFunction
        ? {
            physicalFunction: physicalFunction.address,
            vfn: entry.vfn,
            ...(uuid === null ? {} : { uuid }),
          }
        : null,
      vfioDriver: variantDriverName(controller, stopCopy),
      vfioOffer: vfioOfferOf(entry, stopCopy),
      ...(controller.dataQueue === null ? {} : { userDataQueue: true }),
      ...(entry.transport === 'pcie' || physicalFunction !== null
        ? { controllerStatus: controller.csts }
        : {}),
      problems: [],
    };
  }

  adminQueue(address: string): Result<AdminQueue> {
    const found = this.#find(address);
    if (!found.ok) return found;
    const entry = found.value;
    if (entry.driver !== 'nvme')
      return fail(
        'not-supported',
        entry.driver === null
          ? `${address} is not bound to a driver, so the host has no queue to it`
          : `${address} is bound to ${entry.driver}: its admin queue is the guest's`,
        { object: address, field: 'driver', fix: 'Manage it through its primary controller, or bind nvme' },
      );
    return succeed(this.#queue(entry, 'host'));
  }

  guestQueue(address: string): Result<AdminQueue> {
    const found = this.#find(address);
    return found.ok ? succeed(this.#queue(found.value, 'guest')) : found;
  }

  guestRegisters(address: string): Result<Uint8Array> {
    const found = this.#find(address);
    return found.ok ? succeed(propertyBytes(found.value.controller)) : found;
  }

  guestConfigSpace(address: string): Result<Uint8Array> {
    const found = this.#find(address);
    return found.ok ? succeed(configurationSpace(found.value.controller)) : found;
  }

  /** The admin queue behind `/dev/nvme0` (or `nvme0`). */
  queueOfDevice(device: string): Result<AdminQueue> {
    const entry = this.kernel.byDeviceName(device);
    return entry
      ? succeed(this.#queue(entry, 'host'))
      : fail('not-found', `${device}: No such file or directory`, {
          object: device,
          fix: `There are: ${this.deviceNames().join(', ') || 'none'}`,
        });
  }

  #queue(entry: PciFunction, side: 'host' | 'guest'): AdminQueue {
    const controller = this.kernel.deviceName(entry) ?? entry.address;
    const key = `${side} ${entry.address} ${entry.controller.cntlid} ${controller}`;
    const known = this.#queues.get(key);
    if (known) return known;
    const queue = createControllerQueue({
      controller: entry.controller,
      name: `${this.id} ${controller}`,
      host: this.kernel,
      clock: this.#options.clock,
      timeoutMilliseconds: this.#options.adminTimeoutMilliseconds,
      // The driver resets a controller that is down; one that stays offline loses its device.
      onTimeout: () => {
        if (side === 'host' && entry.driver === 'nvme' && entry.controller.isOffline)
          this.kernel.dropDriver(entry);
      },
      cancelled: () => this.#cancelled,
      turn: this.#turn,
      onFault: (fault, command) =>
        this.#options.onFault?.({ hostId: this.id, controller, fault, opcode: command.opcode }),
    });
    const traced = this.#options.trace(queue, { hostId: this.id, controller, side }, this.#options.clock);
    this.#queues.set(key, traced);
    return traced;
  }

  /** Gives up everything that waits; each answers `aborted`. */
  cancelPending(): void {
    this.#cancel();
    this.#renewCancellation();
  }

  #renewCancellation(): void {
    this.#cancelled = new Promise((resolve) => {
      this.#cancel = resolve;
    });
  }

  vfioDevice(address: string): Result<VfioDevice> {
    const found = this.#find(address);
    if (!found.ok) return found;
    const { vfio, driver, controller } = found.value;
    if (vfio) return succeed(vfio);
    const isDisabled = isSecondary(controller) && !controller.part.migrationEnabled;
    const reason = isVfioDriver(driver)
      ? `${address} has no VFIO migration: ${vfioOfferOf(found.value, vfioFlags(this.file).stopCopy).reason}`
      : `${address} is not bound to vfio-pci`;
    return fail('not-supported', reason, {
      object: address,
      field: 'driver',
      fix: isDisabled
        ? 'Hide the function, enable its live migration, and make it visible again'
        : 'Bind a virtual function of a primary controller with migration commands to vfio-pci',
    });
  }

  // Null without a variant driver; the function itself works all the same.
  #openVfio(entry: PciFunction): SimulatedVfioDevice | null {
    const physical = entry.physicalFunction;
    if (isSecondary(entry.controller) && !entry.controller.part.migrationEnabled) return null;
    const flags = vfioFlags(this.file);
    if (!physical || !flags.stopCopy) return null;
    return openVariantDriver(entry, {
      queue: () => this.adminQueue(physical.address),
      flags,
      dmaLogging: platformFeatures(this.file.kernel, '').kernelDmaLogging,
      pageSize: this.file.pageSize,
      resetFunction: () => this.kernel.functionReset(entry),
      turn: this.#turn,
    });
  }

  #find(address: string): Result<PciFunction> {
    const entry = this.kernel.find(address);
    return entry
      ? succeed(entry)
      : fail('not-found', `Host ${this.id} has no NVMe function ${address}`, {
          object: address,
          fix: 'Enable the virtual function, or choose one of the list',
        });
  }

  /** `echo VALUE > PATH`: PCI attributes and driver files under /sys, with the kernel's error numbers. */
  async writeSysfs(path: string, value: string): Promise<SimulatedKernelAnswer> {
    return this.#inTurn(`write to ${path} on ${this.id}`, () => this.sysfs.write(path, value));
  }

  /** `nvme0`, `nvme1`, … ascending by number. */
  deviceNames(): readonly string[] {
    this.kernel.settle();
    return [...this.kernel.functions.values()]
      .filter((entry) => this.kernel.deviceName(entry) !== null)
      .sort((left, right) => (left.instance ?? 0) - (right.instance ?? 0))
      .map((entry) => `nvme${entry.instance}`);
  }

  /** Address of the function behind `/dev/nvme0`, undefined when there is no such device. */
  addressOfDevice(device: string): string | undefined {
    return this.kernel.byDeviceName(device)?.address;
  }

  /** Block devices of the namespaces as Linux names them with native multipath. */
  namespaceDevices(): readonly NamespaceDevice[] {
    this.kernel.settle();
    return namespaceDevices(this.kernel);
  }

  /** `nvme reset DEVICE`. */
  async resetDevice(device: string): Promise<SimulatedKernelAnswer> {
    const entry = this.kernel.byDeviceName(device);
    return entry
      ? this.#inTurn(`reset of ${this.id} ${device}`, () => this.kernel.controllerReset(entry))
      : noDevice(this.kernel, device);
  }

  /** `nvme subsystem-reset DEVICE`: needs CAP.NSSRS, resets every controller of the NVM subsystem. */
  async resetSubsystemOfDevice(device: string): Promise<SimulatedKernelAnswer> {
    const entry = this.kernel.byDeviceName(device);
    return entry ? this.resetSubsystemOf(entry) : noDevice(this.kernel, device);
  }

  async resetSubsystemOf(entry: PciFunction): Promise<SimulatedKernelAnswer> {
    const name = this.kernel.deviceName(entry) ?? entry.address;
    return this.#inTurn(`NVM subsystem reset of ${this.id} ${name}`, () => resetSubsystem(entry.controller));
  }

  async #inTurn(what: string, work: () => SimulatedKernelAnswer): Promise<SimulatedKernelAnswer> {
    const turn = this.#turn(what);
    if (turn !== null && (await turn) === 'cancelled')
      return kernelError('EINTR', {
        cause: `The ${what} was given up while the simulated clock was paused`,
        fix: 'Let the simulated clock run, or step it (F10), and start again',
      });
    return work();
  }

  /** As a fleet file writes the migration link's state; undefined when it is up at its full speed. */
  linkToFile(): FileLinkState | undefined {
    return this.virtualMachines.link.toFile(this.#options.clock.now());
  }

  /** Changes how the migration link does from now on. */
  setLink(state: LinkState): void {
    this.virtualMachines.link.set(state, this.#options.clock.now());
  }

  /** Properties (registers) of the controller behind `nvme0`, by nvme-cli's name; null without such a PCIe device. */
  registersOfDevice(device: string): Readonly<Record<string, bigint>> | null {
    const entry = this.kernel.byDeviceName(device);
    return entry?.transport === 'pcie' ? controllerRegisters(entry.controller) : null;
  }

  /** `nvme ns-rescan DEVICE`: the kernel's view follows the controller at once here, so only the device must exist. */
  async rescanNamespaces(device: string): Promise<SimulatedKernelAnswer> {
    return this.kernel.byDeviceName(device) ? { ok: true } : noDevice(this.kernel, device);
  }

  /** From now on nothing waits any more. */
  async close(): Promise<void> {
    this.#cancel();
  }
}

function noDevice(kernel: SimulatedKernel, device: string): SimulatedKernelAnswer {
  return kernelError('ENOENT', missingDevice(kernel, device), 'open');
}
