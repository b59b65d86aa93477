import { encodeBase64 } from '#shared/fleet-file/base64.ts';
import type {
  FileController,
  FilePrimary,
  FileProvisionedFunction,
  FileSecondary,
} from '#shared/fleet-file/controller-schema.ts';
import type { LiveState } from '#shared/fleet-file/live-state-schema.ts';
import type { FileHost, FleetFile } from '#shared/fleet-file/schema.ts';
import { provisionedFunctionDriver } from '#shared/vfio/drivers.ts';
import { isPrimary, isSecondary, type SimulatedController } from './controller/controller.ts';
import { liveStateToFile } from './controller/live-state.ts';
import { virtualSubsystemToFile } from './controller/virtual-subsystem.ts';
import { isPhysical, type PciFunction } from './host/pci-function.ts';
import type { SimulatedHost } from './host/simulated-host.ts';
import type { SimulatedSubsystem } from './subsystem/subsystem.ts';

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
      };
    }),
  };
}

function exportHost(host: SimulatedHost): FileHost {
  host.virtualMachines.settle();
  return {
    ...host.file,
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
  const { deviceInstance: _instance, live: _live, ...fixed } = file;
  const common = { ...functionState(functions.get(controller)), ...liveState(controller) };
  if (fixed.role === 'plain') return { ...fixed, ...common };
  if (!isPrimary(controller)) return file;
  const { part } = controller;
  const entry = functions.get(controller);
  const sriov = entry && isPhysical(entry) ? entry.sriov : null;
  return {
    ...fixed,
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
  const isIdle = vq === 0 && vi === 0 && !online && !entry && !secondary.hasLiveState;
  const vfioState = sessionOf(entry);
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
      ...vfioState,
      ...liveState(secondary),
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
      ...sessionOf(entry),
      ...liveState(secondary),
    },
  ];
}

function sessionOf(entry: PciFunction | undefined): Pick<FileSecondary, 'vfio'> {
  const vfio = entry?.vfio;
  return vfio && (vfio.state() !== 'RUNNING' || vfio.sessionData().length > 0)
    ? { vfio: { state: vfio.state(), data: encodeBase64(vfio.sessionData()) } }
    : {};
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

function liveState(controller: SimulatedController): { live?: LiveState } {
  if (!controller.hasLiveState && !controller.suspended && !controller.incoming) return {};
  const { incoming } = controller;
  return {
    live: liveStateToFile(controller.live, {
      suspended: controller.suspended,
      incomingState: incoming
        ? { csvi: incoming.csvi, csuuidi: incoming.csuuidi, bytes: encodeBase64(incoming.bytes) }
        : null,
    }),
  };
}
