import type {
  FileController,
  FileProvisionedFunction,
  FileSecondary,
} from '#shared/fleet-file/controller/controller-schema.ts';
import type { FileVirtualMachine, FleetFile } from '#shared/fleet-file/schema.ts';
import { seedFor } from '../../../seeded-random.ts';
import { startController } from '../controller/start-controller.ts';
import type { PciFunction, PhysicalFunction } from '../host/pci-function.ts';
import { addProvisionedFunctions, followVisibility } from '../host/provisioned-functions.ts';
import type { SimulatedHost } from '../host/simulated-host.ts';
import type { SimulatedController } from '../state/controller.ts';
import type { MemoryTracker } from '../state/memory-tracker.ts';
import type { SimulatedSubsystem } from '../state/subsystem.ts';
import { GuestWorkload } from '../virtual-machine/guest-workload.ts';
import { emptyDirtyLog, memoryDigest, type SimulatedMachine } from '../virtual-machine/machine.ts';

/** A function and what the file says of it; a secondary that the file does not mention has nothing. */
interface PlacedFunction {
  readonly entry: PciFunction;
  readonly written: FileController | FileSecondary | FileProvisionedFunction | undefined;
}

/** Puts the controllers of the file that a host reaches onto its bus, with drivers and virtual machines as written. */
export function populateHost(
  host: SimulatedHost,
  file: FleetFile,
  subsystems: readonly SimulatedSubsystem[],
): void {
  const placed = placeFunctions(host, file, subsystems);
  bindDrivers(host, placed);
  for (const machine of createMachines(host, file.seed)) {
    host.virtualMachines.machines.set(machine.name, machine);
    for (const entry of machine.devices) entry.owner = machine.name;
  }
  for (const { entry, written } of placed) startUser(host, file.seed, entry, written);
  for (const subsystem of subsystems) {
    subsystem.activity.push(() => host.virtualMachines.settle());
    subsystem.functionListeners.push(() => {
      const gone = followVisibility(host.kernel, subsystem);
      host.virtualMachines.forgetDevices(gone);
    });
    subsystem.resetListeners.push(() => {
      for (const entry of host.kernel.functions.values())
        if (entry.controller.subsystem === subsystem) host.kernel.restart(entry);
    });
  }
}

function placeFunctions(
  host: SimulatedHost,
  file: FleetFile,
  subsystems: readonly SimulatedSubsystem[],
): readonly PlacedFunction[] {
  const physical: { entry: PhysicalFunction; written: FileController }[] = [];
  for (const [index, subsystem] of file.subsystems.entries())
    for (const written of subsystem.controllers) {
      const controller = subsystems[index]?.controllers.get(written.cntlid);
      if (written.host !== host.id || !controller) continue;
      const entry = physicalFunction(host, controller, written, physical.length);
      host.kernel.add(entry);
      physical.push({ entry, written });
    }
  // After all physical functions, whose IOMMU groups come first.
  return physical.flatMap(({ entry, written }) => {
    const states =
      written.role === 'primary'
        ? new Map(written.secondaries.map((secondary) => [secondary.vfn, secondary]))
        : new Map<number, FileSecondary>();
    const virtual = host.kernel.addVirtualFunctions(entry).map((added) => {
      const state = states.get(added.vfn);
      added.driverOverride = state?.driverOverride ?? null;
      if (state?.iommuGroup !== undefined) added.iommuGroup = state.iommuGroup;
      return { entry: added, written: state };
    });
    const isManaged = written.driver === undefined || written.driver === 'nvme';
    const shown = isManaged ? addProvisionedFunctions(host.kernel, entry) : [];
    const provisioned = shown.map((added) => {
      const state =
        written.role === 'primary'
          ? written.provisioned?.functions.find(({ cntlid }) => cntlid === added.controller.cntlid)
          : undefined;
      if (state?.iommuGroup !== undefined) added.iommuGroup = state.iommuGroup;
      return { entry: added, written: state };
    });
    return [{ entry, written }, ...virtual, ...provisioned];
  });
}

function physicalFunction(
  host: SimulatedHost,
  controller: SimulatedController,
  written: FileController,
  index: number,
): PhysicalFunction {
  const isFabrics = written.address === null;
  const group = written.iommuGroup === undefined ? index : written.iommuGroup;
  return {
    address: written.address ?? `nvme${written.deviceInstance ?? index}`,
    transport: written.role === 'plain' ? written.transport : 'pcie',
    controller,
    physicalFunction: null,
    vfn: 0,
    deviceId: written.pciDeviceId,
    iommuGroup: isFabrics || host.file.iommu === '' ? null : group,
    driver: null,
    driverOverride: written.driverOverride,
    instance: null,
    probeEndsAt: null,
    vfio: null,
    owner: null,
    sriov:
      written.role === 'primary' && written.sriov.totalVfs > 0
        ? {
            totalVfs: written.sriov.totalVfs,
            vfOffset: written.sriov.vfOffset,
            vfStride: written.sriov.vfStride,
            driversAutoprobe: written.sriov.driversAutoprobe,
          }
        : null,
  };
}

// Written device numbers first, so that the others take what is left, in the order of the file.
function bindDrivers(host: SimulatedHost, placed: readonly PlacedFunction[]): void {
  for (const { entry, written } of placed) {
    if (isProvisioned(written)) continue;
    const isPhysical = entry.physicalFunction === null;
    const driver = written?.driver === undefined ? (isPhysical ? 'nvme' : null) : written.driver;
    if (driver === 'vfio-pci') host.kernel.startVfio(entry);
    entry.driver = driver;
    if (driver === 'nvme') entry.instance = written?.deviceInstance ?? null;
  }
  for (const { entry } of placed)
    if (entry.driver === 'nvme') entry.instance ??= host.kernel.lowestFreeInstance();
  numberSubsystems(host, placed);
}

/** The driver of its parent shows a provisioned function; nothing else is ever bound to it. */
function isProvisioned(written: PlacedFunction['written']): written is FileProvisionedFunction {
  return written !== undefined && !('vfn' in written) && !('role' in written);
}

function numberSubsystems(host: SimulatedHost, placed: readonly PlacedFunction[]): void {
  const lowest = new Map<string, number>();
  for (const { entry } of placed) {
    const { nqn } = entry.controller.subsystem;
    if (entry.instance !== null) lowest.set(nqn, Math.min(entry.instance, lowest.get(nqn) ?? entry.instance));
  }
  for (const [nqn, number] of lowest)
    host.kernel.numberSubsystem(nqn, host.file.subsystemNumbers[nqn] ?? number);
}

function createMachines(host: SimulatedHost, seed: number): readonly SimulatedMachine[] {
  return host.file.virtualMachines.map((written) => {
    const { name, vcpus, memoryBytes, viommu, state, receivedBytes, workload, workedMicroseconds } = written;
    const own = state === 'incoming' ? '' : memoryDigest(seed, host.id, name);
    return {
      name,
      vcpus,
      memoryBytes,
      viommu,
      state,
      devices: written.devices
        .map((address) => host.kernel.functions.get(address))
        .filter((entry) => entry !== undefined),
      memoryDigest: written.memoryDigest ?? own,
      receivedBytes,
      workload: workload
        ? new GuestWorkload({
            workload,
            memoryBytes,
            seed: seedFor(seed, `${name}/workload`),
            workedMicroseconds,
          })
        : null,
      dirtyLog: restoredDirtyLog(written),
    };
  });
}

function restoredDirtyLog({ memoryBytes, dirtyLog }: FileVirtualMachine): MemoryTracker | null {
  if (dirtyLog === undefined) return null;
  const log = emptyDirtyLog(memoryBytes);
  log.restoreChanged(dirtyLog);
  return log;
}

/** Starts the controller for the driver or guest that uses it, unless the file carries its state. */
function startUser(
  host: SimulatedHost,
  seed: number,
  entry: PciFunction,
  written: PlacedFunction['written'],
): void {
  const state = written && 'vfio' in written ? written.vfio : undefined;
  if (state) entry.vfio?.restore(state);
  if (written?.live || entry.controller.isOffline) return;
  if (entry.driver === 'nvme') startController(entry.controller, { processors: host.file.processors });
  const machine = entry.owner === null ? undefined : host.virtualMachines.machines.get(entry.owner);
  if (machine?.state === 'running' || machine?.state === 'paused')
    startController(entry.controller, { processors: machine.vcpus, workSeed: seed });
}
