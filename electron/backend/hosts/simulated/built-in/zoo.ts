import {
  type FleetFile,
  type FleetFileInput,
  fleetFileSchema,
  type ProfileName,
} from '#shared/fleet-file/schema.ts';
import type { BuiltInFleet } from './built-in-fleet.ts';
import { localDrives, localFunctionAddress } from './local-drives.ts';
import { siovFunctionAddress, siovPair } from './siov-pair.ts';

type Subsystem = NonNullable<FleetFileInput['subsystems']>[number];
type Primary = Extract<Subsystem['controllers'][number], { role: 'primary' }>;

const gib = 2 ** 30;
const blockSize = 4096;
const inBlocks = (gigabytes: number) => Math.floor((gigabytes * 1e9) / blockSize);
const hundredGigabit = 12_500_000_000;

const flexible = { kind: 'flexible', total: 32, secondaryMaximum: 8, privateToPrimary: 9 } as const;
const fixed = { kind: 'fixed', privateToPrimary: 9, perSecondary: 4 } as const;
/** VFs of each primary of a pair. */
const functions = 8;

interface Pair {
  readonly profile: ProfileName;
  /** Distinguishes addresses, serial numbers and namespaces; 1-9. */
  readonly number: number;
  readonly modelNumber: string;
  readonly resources: 'flexible' | 'fixed';
  /** VFs on zoo-a that guests have; each gets a namespace. */
  readonly used: readonly number[];
  /** A virtual subsystem around those VFs, for devices that have the proposed commands. */
  readonly virtualNqn?: string;
}

/** One NVM subsystem with a primary on zoo-a and its twin on zoo-b, so that what runs on one can move to the other. */
function pair({ profile, number, modelNumber, resources, used, virtualNqn }: Pair): Subsystem {
  const pool = resources === 'flexible' ? flexible : fixed;
  const primary = (host: 'zoo-a' | 'zoo-b', cntlid: number): Primary => ({
    role: 'primary',
    cntlid,
    host,
    address: `0000:${number}1:00.0`,
    driver: 'nvme',
    deviceInstance: number,
    iommuGroup: 20 + number,
    pciDeviceId: 0x0a00 + number,
    identify: {
      kind: 'fields',
      identity: { serialNumber: `ZOO${number}-0042`, modelNumber, firmwareRevision: `${number}.0.1` },
    },
    sriov: { totalVfs: functions, numVfs: functions, driversAutoprobe: false },
    vq: pool,
    vi: pool,
    secondaries:
      host === 'zoo-b'
        ? []
        : used.map((vfn) => ({
            vfn,
            ...(resources === 'flexible' ? { vq: 4, vi: 3 } : {}),
            online: true,
            driver: 'vfio-pci' as const,
            driverOverride: 'vfio-pci',
          })),
    virtualSubsystems:
      host === 'zoo-b' || virtualNqn === undefined
        ? []
        : [
            {
              nqn: virtualNqn,
              primaryVirtualId: 1,
              identity: {
                serialNumber: `ZOO-V${number}`,
                modelNumber: 'Berth Virtual Drive',
                firmwareRevision: '1.0',
              },
              members: used.map((vfn, index) => ({ cntlid: cntlid + vfn, virtualControllerId: 20 + index })),
            },
          ],
  });
  return {
    nqn: `nqn.2014-08.org.nvmexpress:uuid:2006a000-0000-4000-8000-00000000000${number}`,
    profile,
    capacityBytes: 3_840_000_000_000,
    controllers: [primary('zoo-a', 0x10), primary('zoo-b', 0x40)],
    namespaces: used.map((vfn, index) => ({
      nsid: index + 1,
      blocks: inBlocks(100),
      nguid: `2006a0000000400080000${number}${String(index + 1).padStart(10, '0')}`,
      eui64: `0025385e00000${number}${String(index + 1).padStart(2, '0')}`,
      attachedTo: [0x10 + vfn],
    })),
  };
}

/** As QEMU 7.2 answers: SR-IOV and resources, but no migration and no namespace management. */
const qemu: Subsystem = {
  nqn: 'nqn.2019-08.org.qemu:zoo',
  profile: 'qemu-7.2',
  controllers: [
    {
      role: 'primary',
      cntlid: 0,
      host: 'zoo-a',
      address: '0000:61:00.0',
      driver: 'nvme',
      deviceInstance: 6,
      iommuGroup: 26,
      identify: {
        kind: 'fields',
        identity: {
          serialNumber: 'ZOO6-QEMU',
          modelNumber: 'QEMU NVMe Ctrl',
          firmwareRevision: '7.2.0',
          vid: 0x1b36,
          ssvid: 0x1af4,
        },
      },
      sriov: { totalVfs: 4, numVfs: 4, driversAutoprobe: false },
      vq: { ...flexible, total: 8, secondaryMaximum: 4 },
      vi: { ...flexible, total: 8, secondaryMaximum: 4 },
    },
  ],
  namespaces: [{ nsid: 1, blocks: inBlocks(50), attachedTo: [0] }],
};

/** A drive without SR-IOV. */
const plain: Subsystem = {
  nqn: 'nqn.2014-08.org.nvmexpress:uuid:2006a000-0000-4000-8000-000000000007',
  controllers: [
    {
      role: 'plain',
      cntlid: 1,
      host: 'zoo-b',
      address: '0000:71:00.0',
      driver: 'nvme',
      deviceInstance: 7,
      iommuGroup: 27,
      identify: {
        kind: 'fields',
        identity: {
          serialNumber: 'ZOO7-PLAIN',
          modelNumber: 'Berth Simulated B1',
          firmwareRevision: '1.9.3',
        },
      },
    },
  ],
  namespaces: [{ nsid: 1, blocks: inBlocks(240), shared: false, attachedTo: [1] }],
};

/** A complete device in a host whose kernel cannot do anything with it. */
const wasted: Subsystem = {
  nqn: 'nqn.2014-08.org.nvmexpress:uuid:2006a000-0000-4000-8000-000000000008',
  profile: 'berth',
  capacityBytes: 3_840_000_000_000,
  controllers: [
    {
      role: 'primary',
      cntlid: 0x10,
      host: 'zoo-old',
      address: '0000:81:00.0',
      driver: 'nvme',
      deviceInstance: 0,
      iommuGroup: 28,
      identify: {
        kind: 'fields',
        identity: {
          serialNumber: 'ZOO8-0001',
          modelNumber: 'Berth Simulated DP7',
          firmwareRevision: '7.1.2',
        },
      },
      sriov: { totalVfs: 4, numVfs: 4, driversAutoprobe: false },
      vq: flexible,
      vi: flexible,
      secondaries: [{ vfn: 1, vq: 4, vi: 3, online: true, driver: 'vfio-pci', driverOverride: 'vfio-pci' }],
    },
  ],
  namespaces: [{ nsid: 1, blocks: inBlocks(100), attachedTo: [0x11] }],
};

export const zoo: BuiltInFleet = {
  name: 'zoo',
  title: 'Every kind of device',
  description:
    'Two hosts with every profile that a device can have, each beside its twin, a guest whose user data is copied, and an old host without VFIO migration',
  build: (): FleetFile =>
    fleetFileSchema.parse({
      format: 'berth-fleet',
      version: 1,
      name: zoo.name,
      title: zoo.title,
      description: zoo.description,
      seed: 42,
      hosts: [
        {
          name: 'zoo-a',
          linkBytesPerSecond: hundredGigabit,
          virtualMachines: [
            { name: 'standard', vcpus: 2, memoryBytes: 2 * gib, devices: ['0000:11:00.1'] },
            { name: 'december', vcpus: 2, memoryBytes: 2 * gib, devices: ['0000:21:00.1'] },
            { name: 'island', vcpus: 2, memoryBytes: 2 * gib, devices: ['0000:31:00.1'] },
            { name: 'fixed', vcpus: 2, memoryBytes: 2 * gib, devices: ['0000:41:00.1'] },
            { name: 'provisioned', vcpus: 2, memoryBytes: 2 * gib, devices: [siovFunctionAddress] },
            // Its namespace is on a drive of zoo-a alone, so its user data is copied; it writes while that goes on.
            {
              name: 'local',
              vcpus: 2,
              memoryBytes: 2 * gib,
              devices: [localFunctionAddress],
              workload: {
                phases: [{ seconds: 60, pagesPerSecond: 2000, hotBytes: gib / 16, hotShare: 0.8 }],
                ...{ readsPerSecond: 200, writesPerSecond: 400, blocksPerCommand: 8 },
              },
            },
            // Two devices of which one has no P2P: may not move.
            { name: 'mixed', vcpus: 4, memoryBytes: 4 * gib, devices: ['0000:11:00.2', '0000:21:00.2'] },
          ],
        },
        { name: 'zoo-b', linkBytesPerSecond: hundredGigabit },
        {
          name: 'zoo-old',
          kernel: '5.15.0',
          qemu: '7.2.0',
          iommu: 'intel-iommu',
          iommuDirtyTracking: false,
          vfio: { stopCopy: false, p2p: false, preCopy: false },
          linkBytesPerSecond: 1_250_000_000,
          virtualMachines: [{ name: 'stuck', vcpus: 2, memoryBytes: 2 * gib, devices: ['0000:81:00.1'] }],
        },
      ],
      subsystems: [
        pair({
          profile: 'berth',
          number: 1,
          modelNumber: 'Berth Simulated DP7',
          resources: 'flexible',
          used: [1, 2],
          virtualNqn: 'nqn.2026-11.io.berth:zoo-standard',
        }),
        pair({
          profile: 'vendor-2022',
          number: 2,
          modelNumber: 'Berth Simulated V22',
          resources: 'flexible',
          used: [1, 2],
        }),
        pair({
          profile: 'self-contained',
          number: 3,
          modelNumber: 'Berth Simulated BAR3',
          resources: 'fixed',
          used: [1],
        }),
        pair({
          profile: 'private-resources',
          number: 4,
          modelNumber: 'Berth Simulated PR4',
          resources: 'fixed',
          used: [1],
          virtualNqn: 'nqn.2026-11.io.berth:zoo-fixed',
        }),
        siovPair('zoo-a', 'zoo-b'),
        ...localDrives('zoo-a', 'zoo-b'),
        qemu,
        plain,
        wasted,
      ],
    } satisfies FleetFileInput),
};
