import type { FlexibleResources } from '#shared/fleet/flexible-resources.ts';
import type {
  Fleet,
  Host,
  PrimaryController,
  SecondaryController,
  VirtualMachine,
  VirtualSubsystem,
} from '#shared/fleet/schema.ts';
import { platformFeatures } from '#shared/platform/feature-levels.ts';

const available = { available: true } as const;

/** How large the fixture is; the defaults resemble `two-hosts`. */
export interface FixtureSize {
  readonly hosts?: number;
  readonly primariesPerHost?: number;
  readonly vfsPerPrimary?: number;
  /** VFs (1-based) that hold resources, are online and in the first virtual subsystem of their host. */
  readonly members?: readonly number[];
}

const pool: FlexibleResources = {
  supported: true,
  total: 128,
  assignedToSecondaries: 16,
  allocatedToPrimary: 8,
  privateToPrimary: 16,
  secondaryMaximum: 16,
  granularity: 1,
};

/** A fleet for tests: plain data, every host alike, ids as discovery makes them. */
export function fixtureFleet(size: FixtureSize = {}): Fleet {
  const { hosts = 2, primariesPerHost = 1, vfsPerPrimary = 32, members = [3, 4] } = size;
  const fleet: Fleet = {
    source: {
      kind: 'simulated',
      name: 'fixture',
      label: 'Simulated fleet · seed 42',
      simulated: true,
      readOnly: null,
      seed: 42,
    },
    hosts: {},
    subsystems: {},
    controllers: {},
    namespaces: {},
    virtualSubsystems: {},
    virtualMachines: {},
    problems: [],
  };
  for (let index = 0; index < hosts; index += 1) {
    const host = makeHost(`hv-${String.fromCharCode(97 + index)}`);
    fleet.hosts[host.id] = host;
    const machine: VirtualMachine = {
      id: `${host.id}:db-primary`,
      hostId: host.id,
      name: 'db-primary',
      vcpus: 8,
      memoryBytes: 32 * 2 ** 30,
      state: 'running',
      viommu: false,
      dirtyBytesPerSecond: null,
      deviceIds: [],
    };
    fleet.virtualMachines[machine.id] = machine;
    for (let number = 1; number <= primariesPerHost; number += 1)
      addPrimary(fleet, host, number, vfsPerPrimary, number === 1 ? members : []);
  }
  return fleet;
}

function makeHost(id: string): Host {
  return {
    id,
    name: id,
    kind: 'simulated',
    kernel: '6.8.0',
    iommu: 'iommufd',
    vfioFlags: { stopCopy: true, p2p: true, preCopy: true },
    linkBytesPerSecond: 3_125_000_000,
    linkLatencyMilliseconds: 0,
    linkLoss: 0,
    platform: {
      qemu: '9.2.0',
      libvirt: '',
      pageSize: 4096,
      iommuPageSizes: [4096, 2 ** 21, 2 ** 30],
      iommuHardwareDirtyTracking: available,
      features: platformFeatures('6.8.0', '9.2.0'),
    },
    capabilities: {
      changeControllers: available,
      changePci: available,
      vfioMigration: available,
      virtualMachines: available,
      virtualSubsystems: available,
    },
    problems: [],
  };
}

function addPrimary(fleet: Fleet, host: Host, number: number, vfs: number, members: readonly number[]): void {
  const pciAddress = `0000:4${number}:00.0`;
  const id = `${host.id}/${pciAddress}`;
  const subsystemId = `nqn.2014-08.org.nvmexpress:uuid:${host.id}-${number}`;
  fleet.subsystems[subsystemId] = { id: subsystemId, nqn: subsystemId };
  const virtual: VirtualSubsystem = {
    id: `${id}|nqn.2026-11.io.berth:my_v_nqn_1`,
    hostId: host.id,
    primaryId: id,
    nqn: 'nqn.2026-11.io.berth:my_v_nqn_1',
    primaryVirtualId: 1,
    identity: { serialNumber: 'BERTH-V0001', modelNumber: 'Berth Virtual NVMe', firmwareRevision: '1.0' },
    exposed: [],
    members: members.map((vfn, index) => ({
      controllerId: `${id}/${vfn}`,
      virtualControllerId: 20 + index,
    })),
  };
  if (members.length > 0) fleet.virtualSubsystems[virtual.id] = virtual;
  const common = {
    hostId: host.id,
    subsystemId,
    identity: null,
    capabilities: null,
    attachedNamespaces: [],
    problems: [],
  };
  const primary: PrimaryController = {
    ...common,
    role: 'primary',
    id,
    cntlid: 0x40 + number,
    pciAddress,
    deviceName: `nvme${number}`,
    driver: 'nvme',
    iommuGroup: number,
    vq: pool,
    vi: pool,
    totalVfs: vfs,
    numVfs: vfs,
    driversAutoprobe: false,
    secondaryIds: Array.from({ length: vfs }, (_, index) => `${id}/${index + 1}`),
    stateFormats: null,
    virtualSubsystems: available,
    functions: {
      manage: { available: true },
      provision: { available: false, reason: 'Virtual functions only.' },
      maximumProvisioned: 0,
      firstCntlid: 0,
    },
    migration: available,
    migrationInterface: 'standard',
    migrationEvidence: 'OACS bit 11 is 1, CNS 20h is answered',
    memoryTracking: available,
    userDataTracking: available,
    vfioDriver: 'nvme_lm_vfio_pci',
  };
  fleet.controllers[id] = primary;
  for (let vfn = 1; vfn <= vfs; vfn += 1) {
    const member = members.indexOf(vfn);
    const secondary: SecondaryController = {
      ...common,
      role: 'secondary',
      id: `${id}/${vfn}`,
      cntlid: vfn,
      pciAddress: `0000:4${number}:${String(Math.floor(vfn / 8)).padStart(2, '0')}.${vfn % 8}`,
      deviceName: null,
      driver: member >= 0 ? 'vfio-pci' : null,
      iommuGroup: 30 + vfn,
      primaryId: id,
      functionKind: 'vf',
      functionHandle: vfn,
      assignableDevice: null,
      migrationEnabled: true,
      visible: true,
      vfn,
      online: member >= 0,
      nvq: member >= 0 ? 8 : 0,
      nvi: member >= 0 ? 4 : 0,
      vfioState: null,
      vfioOffer: { flags: null, reason: 'not bound' },
      virtualSubsystemId: member >= 0 ? virtual.id : null,
      virtualControllerId: member >= 0 ? 20 + member : null,
      virtualMachineId: null,
    };
    fleet.controllers[secondary.id] = secondary;
  }
}
