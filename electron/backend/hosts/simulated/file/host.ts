import type { FileController, FileSecondary } from '#shared/fleet-file/controller/controller-schema.ts';
import type { FileHost, FleetFile } from '#shared/fleet-file/schema.ts';
import { startController } from '../controller/start-controller.ts';
import type { PciFunction, PhysicalFunction } from '../host/pci-function.ts';
import { addProvisionedFunctions, followVisibility } from '../host/provisioned-functions.ts';
import type { SimulatedHost } from '../host/simulated-host.ts';
import type { SimulatedSubsystem } from '../state/subsystem.ts';
import {
  driverFromFile,
  functionFromFile,
  physicalFunctionFromFile,
  vfioFromFile,
  type WrittenFunction,
} from './pci-function.ts';
import { virtualMachineFromFile, virtualMachineToFile } from './virtual-machine.ts';

/** A function and what the file says of it; a secondary that the file does not mention has nothing. */
interface PlacedFunction {
  readonly entry: PciFunction;
  readonly written: WrittenFunction | undefined;
}

/** Puts the controllers of the file that a host reaches onto its bus, with drivers and virtual machines as written. */
export function hostFromFile(
  host: SimulatedHost,
  file: FleetFile,
  subsystems: readonly SimulatedSubsystem[],
): void {
  const placed = placeFunctions(host, file, subsystems);
  bindDrivers(host, placed);
  for (const written of host.file.virtualMachines) {
    const machine = virtualMachineFromFile(written, host, file.seed);
    host.virtualMachines.machines.set(machine.name, machine);
    for (const entry of machine.devices) entry.owner = machine.name;
  }
  for (const { entry, written } of placed) startUser(host, file.seed, entry, written);
  for (const subsystem of subsystems) {
    subsystem.activity.push(() => host.virtualMachines.settle());
    subsystem.functionListeners.push(() => {
      const gone = followVisibility(host.kernel, subsystem);
      host.virtualMachines.loseDevices(gone);
    });
    subsystem.resetListeners.push(() => {
      for (const entry of host.kernel.functions.values())
        if (entry.controller.subsystem === subsystem) host.kernel.restart(entry);
    });
  }
}

/** What a host is made of, and its virtual machines; its functions are written with their controllers. */
export function hostToFile(host: SimulatedHost): FileHost {
  host.virtualMachines.settle();
  const { linkState: _linkState, lostPower: _lostPower, ...fixed } = host.file;
  const linkState = host.linkToFile();
  return {
    ...fixed,
    ...(linkState === undefined ? {} : { linkState }),
    ...(host.lostPower ? { lostPower: true } : {}),
    subsystemNumbers: Object.fromEntries(host.kernel.subsystemNumbers()),
    virtualMachines: [...host.virtualMachines.machines.values()].map(virtualMachineToFile),
  };
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
      const entry = physicalFunctionFromFile(written, host, controller, physical.length);
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
      functionFromFile(added, state);
      return { entry: added, written: state };
    });
    const isManaged = written.driver === undefined || written.driver === 'nvme';
    const shown = isManaged ? addProvisionedFunctions(host.kernel, entry) : [];
    const provisioned = shown.map((added) => {
      const state =
        written.role === 'primary'
          ? written.provisioned?.functions.find(({ cntlid }) => cntlid === added.controller.cntlid)
          : undefined;
      functionFromFile(added, state);
      return { entry: added, written: state };
    });
    return [{ entry, written }, ...virtual, ...provisioned];
  });
}

// Written device numbers first, so that the others take what is left, in the order of the file.
function bindDrivers(host: SimulatedHost, placed: readonly PlacedFunction[]): void {
  for (const { entry, written } of placed) driverFromFile(entry, host, written);
  for (const { entry } of placed)
    if (entry.driver === 'nvme') entry.instance ??= host.kernel.lowestFreeInstance();
  numberSubsystems(host, placed);
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

/** Starts the controller for the driver or guest that uses it, unless the file carries its state. */
function startUser(
  host: SimulatedHost,
  seed: number,
  entry: PciFunction,
  written: WrittenFunction | undefined,
): void {
  vfioFromFile(entry, written);
  if (written?.live || entry.controller.isOffline) return;
  if (entry.driver === 'nvme') startController(entry.controller, { processors: host.file.processors });
  const machine = entry.owner === null ? undefined : host.virtualMachines.machines.get(entry.owner);
  if (machine?.state === 'running' || machine?.state === 'paused')
    startController(entry.controller, { processors: machine.vcpus, workSeed: seed });
}
