import type {
  FileController,
  FilePrimary,
  FileProvisionedFunction,
  FileSecondary,
} from '#shared/fleet-file/controller/controller-schema.ts';
import type { FileHost, FileSubsystem, FleetFile } from '#shared/fleet-file/schema.ts';
import { provisionedFunctionDriver } from '#shared/vfio/drivers.ts';
import { isPhysical, type PciFunction } from '../host/pci-function.ts';
import type { SimulatedHost } from '../host/simulated-host.ts';
import { isPrimary, isSecondary, type SimulatedController } from '../state/controller.ts';
import type { SimulatedSubsystem } from '../state/subsystem.ts';
import { virtualSubsystemToFile } from '../state/virtual-subsystem.ts';
import { controllerStateToFile } from './controller-state.ts';
import { trackingToFile } from './tracking.ts';

/** The complete state of a simulated fleet as a fleet file. `origin` is the file that it was made from. */
export function exportFleet(
  origin: FleetFile,
  hosts: readonly SimulatedHost[],
  subsystems: readonly SimulatedSubsystem[],
): FleetFile {
  const functions = new Map<SimulatedController, PciFunction>();
  for (const host of hosts) {
    host.kernel.settle();
    for (const entry of host.kernel.functions.values()) functions.set(entry.controller, entry);
  }
  return {
    ...origin,
    hosts: hosts.map(exportHost),
    subsystems: origin.subsystems.map((file, index) => {
      const subsystem = subsystems[index];
      if (!subsystem) return file;
      return {
        ...file,
        controllers: file.controllers.map((controller) => exportController(controller, subsystem, functions)),
        namespaces: [...subsystem.namespaces.values()].map((namespace) => ({
          ...namespace.file,
          attachedTo: [...namespace.attachedTo].sort((left, right) => left - right),
        })),
        faults: [...subsystem.faults.list()],
        ...driveState(subsystem),
      };
    }),
  };
}

function exportHost(host: SimulatedHost): FileHost {
  host.virtualMachines.settle();
  const { linkState: _linkState, ...fixed } = host.file;
  const linkState = host.linkToFile();
  return {
    ...fixed,
    ...(linkState === undefined ? {} : { linkState }),
    subsystemNumbers: Object.fromEntries(host.kernel.subsystemNumbers()),
    virtualMachines: [...host.virtualMachines.machines.values()].map((machine) => ({
      name: machine.name,
      vcpus: machine.vcpus,
      memoryBytes: machine.memoryBytes,
      viommu: machine.viommu,
      state: machine.state,
      devices: machine.devices.map((entry) => entry.address),
      ...(machine.memoryDigest === '' ? {} : { memoryDigest: machine.memoryDigest }),
      ...(machine.workload ? { workload: machine.workload.file } : {}),
      workedMicroseconds: machine.workload?.workedMicroseconds ?? 0,
      receivedBytes: machine.receivedBytes,
      ...(machine.dirtyLog ? { dirtyLog: machine.dirtyLog.changedToFile() } : {}),
    })),
  };
}

function exportController(
  file: FileController,
  subsystem: SimulatedSubsystem,
  functions: ReadonlyMap<SimulatedController, PciFunction>,
): FileController {
  const controller = subsystem.controllers.get(file.cntlid);
  if (!controller) return file;
  const { deviceInstance: _instance, live: _live, health: _health, ...fixed } = file;
  const entry = functions.get(controller);
  const common = { ...functionState(entry), ...controllerStateToFile(controller, entry) };
  if (fixed.role === 'plain') return { ...fixed, ...common };
  if (!isPrimary(controller)) return file;
  const { part } = controller;
  const { tracking: _tracking, ...untracked } = fixed;
  const tracking = trackingToFile(controller);
  const sriov = entry && isPhysical(entry) ? entry.sriov : null;
  return {
    ...untracked,
    ...common,
    sriov: {
      ...fixed.sriov,
      numVfs: part.numVfs,
      functionsDropped: part.presentVfs < part.numVfs,
      driversAutoprobe: sriov?.driversAutoprobe ?? fixed.sriov.driversAutoprobe,
    },
    vq: part.vq.toFile(),
    vi: part.vi.toFile(),
    secondaries: part.secondaries.flatMap((secondary) => exportSecondary(fixed, secondary, functions)),
    virtualSubsystems: [...part.virtualSubsystems.values()].map(virtualSubsystemToFile),
    ...(tracking ? { tracking } : {}),
    ...(part.provisioned && fixed.provisioned
      ? {
          provisioned: {
            ...fixed.provisioned,
            nextHandle: part.provisioned.nextHandle,
            functions: part.secondaries.flatMap((secondary) => exportProvisioned(secondary, functions)),
          },
        }
      : {}),
  };
}

// Secondaries in their default state are left out, except for what only the file knows.
function exportSecondary(
  primary: Pick<FilePrimary, 'secondaries'>,
  secondary: SimulatedController,
  functions: ReadonlyMap<SimulatedController, PciFunction>,
): readonly FileSecondary[] {
  if (!isSecondary(secondary) || secondary.part.uuid !== null) return [];
  const { vfn, vq, vi, online, migrationEnabled, visible } = secondary.part;
  const written = primary.secondaries.find((entry) => entry.vfn === vfn);
  const entry = functions.get(secondary);
  const state = stateOfFunction(secondary, entry);
  const isIdle = vq === 0 && vi === 0 && !online && !entry && !state.live && !state.health;
  if (isIdle && written?.cntlid === undefined) return [];
  return [
    {
      vfn,
      ...(written?.cntlid === undefined ? {} : { cntlid: written.cntlid }),
      vq,
      vi,
      online,
      migrationEnabled,
      visible,
      ...functionState(entry),
      ...state,
    },
  ];
}

function exportProvisioned(
  secondary: SimulatedController,
  functions: ReadonlyMap<SimulatedController, PciFunction>,
): readonly FileProvisionedFunction[] {
  if (!isSecondary(secondary) || secondary.part.uuid === null) return [];
  const { handle, uuid, vq, vi, online, migrationEnabled, visible } = secondary.part;
  const entry = functions.get(secondary);
  return [
    {
      cntlid: secondary.cntlid,
      handle,
      uuid,
      vq,
      vi,
      online,
      migrationEnabled,
      visible,
      ...(entry ? { iommuGroup: entry.iommuGroup } : {}),
      ...stateOfFunction(secondary, entry),
    },
  ];
}

/** VFIO session, live state and counters of a secondary controller. */
function stateOfFunction(
  secondary: SimulatedController,
  entry: PciFunction | undefined,
): Pick<FileSecondary, 'vfio' | 'live' | 'health'> {
  const vfio = entry?.vfio?.toFile();
  return { ...(vfio ? { vfio } : {}), ...controllerStateToFile(secondary, entry) };
}

// A probe that is still waiting in vain is left out: it would end without a driver.
function functionState(entry: PciFunction | undefined) {
  if (!entry) return { driverOverride: null };
  const isProbing = entry.probeEndsAt !== null;
  return {
    driver: isProbing || entry.driver === provisionedFunctionDriver ? null : entry.driver,
    driverOverride: entry.driverOverride,
    iommuGroup: entry.iommuGroup,
    ...(entry.instance === null || isProbing ? {} : { deviceInstance: entry.instance }),
  };
}

/** What belongs to the drive as a whole. */
function driveState({
  health,
  sanitize,
  time,
}: SimulatedSubsystem): Pick<FileSubsystem, 'health' | 'sanitize'> {
  if (sanitize === null) return { health: health.toFile(time()) };
  const { startedAt, ...operation } = sanitize;
  return {
    health: health.toFile(time()),
    sanitize: { ...operation, elapsedMicroseconds: Math.round(time() - startedAt) },
  };
}
