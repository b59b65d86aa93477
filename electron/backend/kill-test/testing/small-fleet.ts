import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { twoHosts } from '../../hosts/simulated/built-in/two-hosts.ts';

type FileController = FleetFile['subsystems'][number]['controllers'][number];
type FilePrimary = Extract<FileController, { role: 'primary' }>;

const sharedCntlid = 0x41;
const memoryBytes = 4 * 2 ** 30;

/**
 * Two hypervisors and the drive between them, with few functions, so that each case takes little time to read; and a
 * virtual subsystem whose members no guest has, and one without members.
 */
export function smallFleet(): FleetFile {
  const file = twoHosts.build();
  const drives = file.subsystems.filter(({ controllers }) =>
    controllers.some(({ cntlid }) => cntlid === sharedCntlid),
  );
  return {
    ...file,
    name: 'small',
    hosts: file.hosts.map((host) => ({
      ...host,
      virtualMachines: host.virtualMachines.map((machine) => ({ ...machine, memoryBytes })),
    })),
    subsystems: drives.map((drive) => ({ ...drive, controllers: drive.controllers.map(withFewFunctions) })),
  };
}

/** The same with guests that write to little memory over a slower link. */
export function busyFleet(): FleetFile {
  const file = smallFleet();
  const workload = {
    phases: [{ seconds: 10, pagesPerSecond: 4000, hotBytes: 2 ** 24, hotShare: 0.8 }],
    ...{ readsPerSecond: 200, writesPerSecond: 100, blocksPerCommand: 2 },
  };
  return {
    ...file,
    name: 'busy',
    hosts: file.hosts.map((host) => ({
      ...host,
      linkBytesPerSecond: 1_250_000_000,
      virtualMachines: host.virtualMachines.map((machine) => ({
        ...machine,
        memoryBytes: 2 ** 28,
        workload,
      })),
    })),
  };
}

/** The same with guests that write faster than a slow link takes it away: they are throttled. */
export function throttledFleet(): FleetFile {
  const file = smallFleet();
  const workload = {
    phases: [{ seconds: 10, pagesPerSecond: 40_000, hotBytes: 2 ** 24, hotShare: 0 }],
    ...{ readsPerSecond: 20, writesPerSecond: 10, blocksPerCommand: 2 },
  };
  return {
    ...file,
    name: 'throttled',
    hosts: file.hosts.map((host) => ({
      ...host,
      linkBytesPerSecond: 125_000_000,
      virtualMachines: host.virtualMachines.map((machine) => ({
        ...machine,
        memoryBytes: 2 ** 25,
        workload,
      })),
    })),
  };
}

function withFewFunctions(controller: FileController): FileController {
  if (controller.role !== 'primary' || controller.sriov === undefined) return controller;
  const numVfs = controller.cntlid === sharedCntlid ? 12 : 8;
  const primary: FilePrimary = {
    ...controller,
    sriov: { ...controller.sriov, totalVfs: numVfs + 2, numVfs },
  };
  return controller.cntlid === sharedCntlid ? withIdleSubsystem(primary) : primary;
}

function withIdleSubsystem(primary: FilePrimary): FilePrimary {
  const [secondary] = primary.secondaries;
  const [subsystem] = primary.virtualSubsystems;
  if (secondary === undefined || subsystem === undefined) throw new Error('the built-in fleet has changed');
  const { driver: _, driverOverride: __, ...plain } = secondary;
  const idle = [5, 6].map((vfn) => ({ ...plain, driverOverride: null, vfn, vq: 4, vi: 2 }));
  return {
    ...primary,
    secondaries: [...primary.secondaries, ...idle],
    virtualSubsystems: [
      ...primary.virtualSubsystems,
      {
        ...subsystem,
        nqn: 'nqn.2026-11.io.berth:idle',
        members: [
          { cntlid: 5, virtualControllerId: 30 },
          { cntlid: 6, virtualControllerId: 31 },
        ],
      },
      { ...subsystem, nqn: 'nqn.2026-11.io.berth:empty', members: [] },
    ],
  };
}
