import type { Pacer, Pieces } from '#shared/bounds/pieces.ts';
import type {
  FileController,
  FileProvisionedFunction,
  FileSecondary,
} from '#shared/fleet-file/controller/controller-schema.ts';
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
export function* hostFromFile(
  host: SimulatedHost,
  file: FleetFile,
  subsystems: readonly SimulatedSubsystem[],
  pacer: Pacer,
): Pieces<void> {
  const placed = yield* placeFunctions(host, file, subsystems, pacer);
  yield* bindDrivers(host, placed, pacer);
  for (const written of host.file.virtualMachines) {
    yield* pacer.did();
    const machine = yield* virtualMachineFromFile(written, host, file.seed);
    host.virtualMachines.machines.set(machine.name, machine);
    for (const entry of machine.devices) entry.owner = machine.name;
  }
  for (const { entry, written } of placed) {
    startUser(host, file.seed, entry, written);
    yield* pacer.did(1 + (entry.controller.written.live?.submissionQueues.size ?? 0));
  }
  for (const subsystem of new Set(placed.map(({ entry }) => entry.controller.subsystem))) {
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

function* placeFunctions(
  host: SimulatedHost,
  file: FleetFile,
  subsystems: readonly SimulatedSubsystem[],
  pacer: Pacer,
): Pieces<readonly PlacedFunction[]> {
  const physical: { entry: PhysicalFunction; written: FileController }[] = [];
  for (const [index, subsystem] of file.subsystems.entries())
    for (const written of subsystem.controllers) {
      const controller = subsystems[index]?.controllers.get(written.cntlid);
      if (written.host !== host.id || !controller) continue;
      yield* pacer.did();
      const entry = physicalFunctionFromFile(written, host, controller, physical.length);
      host.kernel.add(entry);
      physical.push({ entry, written });
    }
  const placed: PlacedFunction[] = [];
  // After all physical functions, whose IOMMU groups come first.
  for (const { entry, written } of physical) {
    const virtual = virtualFunctionsOf(host, entry, written);
    for (const one of virtual) functionFromFile(one.entry, one.written);
    // The IOMMU groups of these are what the others leave.
    const provisioned = provisionedFunctionsOf(host, entry, written);
    for (const one of provisioned) functionFromFile(one.entry, one.written);
    placed.push({ entry, written }, ...virtual, ...provisioned);
    yield* pacer.did(virtual.length + provisioned.length);
  }
  return placed;
}

interface PlacedVirtualFunction extends PlacedFunction {
  readonly written: FileSecondary | FileProvisionedFunction | undefined;
}

function virtualFunctionsOf(
  host: SimulatedHost,
  entry: PhysicalFunction,
  written: FileController,
): readonly PlacedVirtualFunction[] {
  const secondaries = written.role === 'primary' ? written.secondaries : [];
  const states = new Map(secondaries.map((secondary) => [secondary.vfn, secondary]));
  return host.kernel
    .addVirtualFunctions(entry)
    .map((added) => ({ entry: added, written: states.get(added.vfn) }));
}

function provisionedFunctionsOf(
  host: SimulatedHost,
  entry: PhysicalFunction,
  written: FileController,
): readonly PlacedVirtualFunction[] {
  const isManaged = written.driver === undefined || written.driver === 'nvme';
  if (!isManaged) return [];
  const functions = written.role === 'primary' ? (written.provisioned?.functions ?? []) : [];
  const states = new Map(functions.map((state) => [state.cntlid, state]));
  return addProvisionedFunctions(host.kernel, entry).map((added) => ({
    entry: added,
    written: states.get(added.controller.cntlid),
  }));
}

// Written device numbers first, so that the others take what is left, in the order of the file.
function* bindDrivers(host: SimulatedHost, placed: readonly PlacedFunction[], pacer: Pacer): Pieces<void> {
  for (const { entry, written } of placed) {
    yield* pacer.did();
    driverFromFile(entry, host, written);
  }
  const free = host.kernel.freeInstances();
  for (const { entry } of placed) if (entry.driver === 'nvme') entry.instance ??= free.next().value;
  numberSubsystems(host, placed);
}

function numberSubsystems(host: SimulatedHost, placed: readonly PlacedFunction[]): void {
  const lowest = new Map<string, number>();
  for (const { entry } of placed) {
    const { nqn } = entry.controller.subsystem;
    if (entry.instance !== null) lowest.set(nqn, Math.min(entry.instance, lowest.get(nqn) ?? entry.instance));
  }
  host.kernel.numberSubsystems(
    [...lowest].map(([nqn, number]) => [nqn, host.file.subsystemNumbers[nqn] ?? number]),
  );
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
