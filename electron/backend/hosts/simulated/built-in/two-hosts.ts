import { type FleetFile, type FleetFileInput, fleetFileSchema } from '#shared/fleet-file/schema.ts';
import type { BuiltInFleet } from './built-in-fleet.ts';

type Subsystem = NonNullable<FleetFileInput['subsystems']>[number];

const gib = 2 ** 30;
const blockSize = 4096;
const inBlocks = (gigabytes: number) => Math.floor((gigabytes * 1e9) / blockSize);
/** 100 Gbit/s in bytes per second. */
const hundredGigabit = 12_500_000_000;

type Workload = NonNullable<
  NonNullable<NonNullable<FleetFileInput['hosts']>[number]['virtualMachines']>[number]['workload']
>;

/** A database: most of what it writes is in its buffers, and its drive reads and writes all the time. */
const database: Workload = {
  phases: [{ seconds: 60, pagesPerSecond: 120_000, hotBytes: 2 * gib, hotShare: 0.9 }],
  ...{ readsPerSecond: 2000, writesPerSecond: 1000, blocksPerCommand: 2 },
};

const webServer: Workload = {
  phases: [{ seconds: 60, pagesPerSecond: 3000, hotBytes: gib / 4, hotShare: 0.8 }],
  ...{ readsPerSecond: 100, writesPerSecond: 20, blocksPerCommand: 1 },
};

/** Builds write to a lot of memory that they hardly use again. */
const compiler: Workload = {
  phases: [{ seconds: 60, pagesPerSecond: 25_000, hotBytes: gib, hotShare: 0.3 }],
  ...{ readsPerSecond: 300, writesPerSecond: 400, blocksPerCommand: 4 },
};

const sharedDrive = {
  identity: { serialNumber: 'BR7-S6XW0042', modelNumber: 'Berth Simulated DP7', firmwareRevision: '7.1.2' },
};

/** Dual-ported drive behind a primary controller on each host: its namespaces can be shared between the hosts. */
const dualPorted: Subsystem = {
  nqn: 'nqn.2014-08.org.nvmexpress:uuid:5e1f4c10-7a3d-4a91-b0c7-d1f0a0b356f4',
  profile: 'berth',
  capacityBytes: 7_680_000_000_000,
  controllers: [
    {
      role: 'primary',
      cntlid: 0x41,
      host: 'hv-a',
      address: '0000:41:00.0',
      driver: 'nvme',
      deviceInstance: 1,
      iommuGroup: 28,
      identify: { kind: 'fields', ...sharedDrive },
      sriov: { totalVfs: 64, numVfs: 32, driversAutoprobe: false, vfOffset: 2, vfStride: 1 },
      vq: {
        kind: 'flexible',
        total: 128,
        secondaryMaximum: 16,
        privateToPrimary: 17,
        allocatedToPrimary: 16,
      },
      vi: { kind: 'flexible', total: 128, secondaryMaximum: 8, privateToPrimary: 17, allocatedToPrimary: 16 },
      firstSecondaryCntlid: 1,
      secondaries: [
        { vfn: 3, vq: 8, vi: 4, online: true, driver: 'vfio-pci', driverOverride: 'vfio-pci' },
        { vfn: 4, vq: 8, vi: 4, online: true, driver: 'vfio-pci', driverOverride: 'vfio-pci' },
        { vfn: 9, vq: 6, vi: 2, online: true, driver: 'vfio-pci', driverOverride: 'vfio-pci' },
        { vfn: 12, vq: 4, vi: 2, online: true, driver: 'nvme', deviceInstance: 2 },
      ],
      virtualSubsystems: [
        {
          nqn: 'nqn.2026-11.io.berth:my_v_nqn_1',
          primaryVirtualId: 1,
          identity: {
            serialNumber: 'BERTH-V0001',
            modelNumber: 'Berth Virtual Drive',
            firmwareRevision: '1.0',
          },
          members: [
            { cntlid: 3, virtualControllerId: 20 },
            { cntlid: 4, virtualControllerId: 21 },
          ],
        },
        {
          nqn: 'nqn.2026-11.io.berth:tenant-web',
          primaryVirtualId: 1,
          identity: {
            serialNumber: 'BERTH-V0002',
            modelNumber: 'Berth Virtual Drive',
            firmwareRevision: '1.0',
          },
          members: [{ cntlid: 9, virtualControllerId: 10 }],
        },
      ],
    },
    {
      role: 'primary',
      cntlid: 0x42,
      host: 'hv-b',
      address: '0000:01:00.0',
      driver: 'nvme',
      deviceInstance: 0,
      iommuGroup: 14,
      identify: { kind: 'fields', ...sharedDrive },
      sriov: { totalVfs: 64, numVfs: 16, driversAutoprobe: false },
      vq: { kind: 'flexible', total: 64, secondaryMaximum: 16, privateToPrimary: 17, allocatedToPrimary: 8 },
      vi: { kind: 'flexible', total: 64, secondaryMaximum: 8, privateToPrimary: 17, allocatedToPrimary: 8 },
      firstSecondaryCntlid: 0x43,
      secondaries: [{ vfn: 5, vq: 4, vi: 2, online: true, driver: 'vfio-pci', driverOverride: 'vfio-pci' }],
      virtualSubsystems: [
        {
          nqn: 'nqn.2026-11.io.berth:build',
          primaryVirtualId: 1,
          identity: {
            serialNumber: 'BERTH-V0003',
            modelNumber: 'Berth Virtual Drive',
            firmwareRevision: '1.0',
          },
          members: [{ cntlid: 0x47, virtualControllerId: 30 }],
        },
      ],
    },
  ],
  namespaces: [
    {
      nsid: 1,
      blocks: inBlocks(1600),
      nguid: '5e1f4c107a3d4a910025385b00000001',
      eui64: '0025385b00000001',
      attachedTo: [0x41, 0x42],
    },
    {
      nsid: 2,
      blocks: inBlocks(400),
      nguid: '5e1f4c107a3d4a910025385b00000002',
      eui64: '0025385b00000002',
      attachedTo: [3, 4],
    },
    {
      nsid: 3,
      blocks: inBlocks(200),
      nguid: '5e1f4c107a3d4a910025385b00000003',
      eui64: '0025385b00000003',
      attachedTo: [9],
    },
    {
      nsid: 4,
      blocks: inBlocks(100),
      shared: false,
      nguid: '5e1f4c107a3d4a910025385b00000004',
      eui64: '0025385b00000004',
      attachedTo: [0x47],
    },
    {
      nsid: 5,
      blocks: inBlocks(800),
      shared: false,
      nguid: '5e1f4c107a3d4a910025385b00000005',
      eui64: '0025385b00000005',
    },
  ],
};

/** A primary whose secondaries have fixed resources: nothing to assign, only online and offline. */
const fixedResources: Subsystem = {
  nqn: 'nqn.2014-08.org.nvmexpress:uuid:0b6c2d1e-93f5-4c38-8f60-2a7b9d4e1c07',
  profile: 'berth',
  capacityBytes: 3_840_000_000_000,
  controllers: [
    {
      role: 'primary',
      cntlid: 7,
      host: 'hv-b',
      address: '0000:81:00.0',
      driver: 'nvme',
      deviceInstance: 2,
      iommuGroup: 15,
      identify: {
        kind: 'fields',
        identity: {
          serialNumber: 'BR5-K2M00907',
          modelNumber: 'Berth Simulated FX5',
          firmwareRevision: '5.4.0',
        },
        // Less than the dual-ported drive, so that a baseline over all hosts costs something.
        capabilities: { oncs: 0x005f, mdts: 4, lpa: 0x02, maxcmd: 512 },
      },
      sriov: { totalVfs: 16, numVfs: 16, driversAutoprobe: false },
      vq: { kind: 'fixed', privateToPrimary: 17, perSecondary: 4 },
      vi: { kind: 'fixed', privateToPrimary: 17, perSecondary: 4 },
      firstSecondaryCntlid: 8,
      secondaries: [
        { vfn: 1, online: true },
        { vfn: 2, online: true },
      ],
    },
  ],
  namespaces: [
    {
      nsid: 1,
      blocks: inBlocks(1920),
      nguid: '0b6c2d1e93f54c380025385c00000001',
      eui64: '0025385c00000001',
      attachedTo: [7, 8],
    },
    {
      nsid: 2,
      blocks: inBlocks(480),
      shared: false,
      nguid: '0b6c2d1e93f54c380025385c00000002',
      eui64: '0025385c00000002',
      attachedTo: [9],
    },
  ],
};

/** The boot drive of a hypervisor: no SR-IOV. */
function bootDrive(host: string, address: string, deviceInstance: number, number: number): Subsystem {
  return {
    nqn: `nqn.2014-08.org.nvmexpress:uuid:77d0a4b2-1c5e-4f09-a6d3-0000000000${number}0`,
    profile: 'berth',
    controllers: [
      {
        role: 'plain',
        cntlid: 1,
        host,
        address,
        driver: 'nvme',
        deviceInstance,
        iommuGroup: 13 + number,
        identify: {
          kind: 'fields',
          identity: {
            serialNumber: `BR1-B00${number}`,
            modelNumber: 'Berth Simulated B1',
            firmwareRevision: '1.9.3',
          },
        },
        queuePairs: 33,
        interruptVectors: 33,
      },
    ],
    namespaces: [
      {
        nsid: 1,
        blocks: 468_862_128,
        blockSize: 512,
        shared: false,
        eui64: `0025385d0000000${number}`,
        attachedTo: [1],
      },
    ],
  };
}

export const twoHosts: BuiltInFleet = {
  name: 'two-hosts',
  title: 'Two hypervisors',
  description:
    'Two hypervisors with a dual-ported SR-IOV drive between them, a drive with fixed resources, and three virtual machines',
  build: (): FleetFile =>
    fleetFileSchema.parse({
      format: 'berth-fleet',
      version: 1,
      name: twoHosts.name,
      title: twoHosts.title,
      description: twoHosts.description,
      seed: 42,
      hosts: [
        {
          name: 'hv-a',
          linkBytesPerSecond: hundredGigabit,
          virtualMachines: [
            {
              name: 'db-primary',
              vcpus: 8,
              memoryBytes: 32 * gib,
              devices: ['0000:41:00.4', '0000:41:00.5'],
              workload: database,
            },
            {
              name: 'web-07',
              vcpus: 2,
              memoryBytes: 4 * gib,
              devices: ['0000:41:01.2'],
              workload: webServer,
            },
          ],
        },
        {
          name: 'hv-b',
          linkBytesPerSecond: hundredGigabit,
          virtualMachines: [
            {
              name: 'build-03',
              vcpus: 4,
              memoryBytes: 8 * gib,
              devices: ['0000:01:00.5'],
              workload: compiler,
            },
          ],
        },
      ],
      subsystems: [bootDrive('hv-a', '0000:02:00.0', 0, 1), dualPorted, fixedResources],
    } satisfies FleetFileInput),
};
