import type { ControllerIdentity } from '../fleet/controller-identity.ts';
import type { FlexibleResources } from '../fleet/flexible-resources.ts';
import { namespaceIdOf, secondaryIdOf, virtualMachineIdOf, virtualSubsystemIdOf } from '../fleet/ids.ts';
import type {
  ControllerCapabilities,
  Fleet,
  Host,
  Namespace,
  PrimaryController,
  SecondaryController,
} from '../fleet/schema.ts';
import { defaultMigrationOptions } from '../migration/default-options.ts';
import { proposeMapping } from '../migration/mapping.ts';
import { withPolicy } from '../migration/pre-copy/policies.ts';
import type { MigrationRequest } from '../migration/request.ts';
import { platformFeatures } from '../platform/feature-levels.ts';

const available = { available: true } as const;
const capabilities: ControllerCapabilities = {
  oacs: 0x0a9e,
  oncs: 0x01ff,
  oaes: 0x100,
  ctratt: 0x80,
  lpa: 0x0f,
  mdts: 7,
  acl: 3,
  aerl: 3,
  elpe: 63,
  npss: 4,
  frmw: 3,
  sqes: 0x66,
  cqes: 0x44,
  maxcmd: 256,
  nn: 256,
  mnan: 0,
  fuses: 0,
  fna: 0,
  vwc: 7,
  sgls: 1,
  cmic: 2,
  kas: 0,
  ocfs: 1,
};

function identity(serialNumber: string): ControllerIdentity {
  return {
    vid: 0x1b36,
    ssvid: 0x1af4,
    serialNumber,
    modelNumber: 'BERTH DRIVE',
    firmwareRevision: serialNumber === 'A' ? '7.1.2' : '7.0.9',
    subsystemNqn: `nqn.2024-01.org.example:${serialNumber}`,
    ieee: 0x525400,
    version: 0x20100,
  };
}

function pool(total: number, assigned: number): FlexibleResources {
  return {
    supported: true,
    total,
    assignedToSecondaries: assigned,
    allocatedToPrimary: 0,
    privateToPrimary: 2,
    secondaryMaximum: 16,
    granularity: 1,
  };
}

function host(name: string): Host {
  return {
    id: name,
    name,
    kind: 'simulated',
    kernel: '6.8.0',
    iommu: 'iommufd',
    vfioFlags: { stopCopy: true, p2p: true, preCopy: true },
    linkBytesPerSecond: 2.9e9,
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

function primary(hostId: string, serial: string, count: number, assigned: number): PrimaryController {
  const id = `${hostId}/0000:41:00.0`;
  return {
    role: 'primary',
    id,
    hostId,
    subsystemId: `nqn.2024-01.org.example:${serial}`,
    cntlid: 0x41,
    pciAddress: '0000:41:00.0',
    deviceName: 'nvme1',
    driver: 'nvme',
    iommuGroup: 1,
    identity: identity(serial),
    capabilities,
    attachedNamespaces: [1, 2],
    problems: [],
    vq: pool(64, assigned * 8),
    vi: pool(64, assigned * 4),
    totalVfs: count,
    numVfs: count,
    driversAutoprobe: false,
    secondaryIds: Array.from({ length: count }, (_, index) => secondaryIdOf(id, index + 1)),
    stateFormats: { versions: [0], uuids: ['8f2c0000-0000-4000-8000-000000000001'] },
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
}

function secondary(owner: PrimaryController, vfn: number): SecondaryController {
  return {
    role: 'secondary',
    id: secondaryIdOf(owner.id, vfn),
    hostId: owner.hostId,
    subsystemId: owner.subsystemId,
    cntlid: vfn,
    pciAddress: `0000:41:00.${vfn}`,
    deviceName: null,
    driver: null,
    iommuGroup: vfn + 1,
    identity: null,
    capabilities: null,
    attachedNamespaces: [],
    problems: [],
    primaryId: owner.id,
    functionKind: 'vf',
    functionHandle: vfn,
    assignableDevice: null,
    migrationEnabled: true,
    visible: true,
    vfn,
    online: false,
    nvq: 0,
    nvi: 0,
    vfioState: null,
    vfioOffer: { flags: null, reason: 'not bound' },
    virtualSubsystemId: null,
    virtualControllerId: null,
    virtualMachineId: null,
  };
}

function namespace(owner: PrimaryController, nsid: number): Namespace {
  return {
    id: namespaceIdOf(owner.subsystemId, nsid),
    subsystemId: owner.subsystemId,
    nsid,
    sizeBytes: String(1_000_000 * nsid * 512),
    blockSize: 512,
    metadataSize: 0,
    shared: true,
    dispersed: true,
    nguid: `6c1f00000000000000000000000009a${nsid}`,
    eui64: '',
    uuid: '',
    attachedTo: [owner.id],
    problems: [],
  };
}

/** Virtual NQN of the guest in `migrationFleet`. */
export const guestNqn = 'nqn.2014-08.org.nvmexpress:uuid:0f0e0d0c-0b0a-4908-8706-050403020100';

/** hv-a runs `db-primary` with `deviceCount` secondaries of one virtual subsystem; hv-b has the same drive, all free. */
export function migrationFleet(deviceCount = 2): Fleet {
  const source = primary('hv-a', 'A', 6, deviceCount);
  const destination = primary('hv-b', 'B', 6, 0);
  const machineId = virtualMachineIdOf('hv-a', 'db-primary');
  const subsystemId = virtualSubsystemIdOf(source.id, guestNqn);
  const sources = source.secondaryIds.map((_, index) => {
    const free = secondary(source, index + 1);
    if (index >= deviceCount) return free;
    return {
      ...free,
      driver: 'vfio-pci',
      online: true,
      nvq: 8,
      nvi: 4,
      vfioState: 'RUNNING' as const,
      attachedNamespaces: [1, 2],
      virtualSubsystemId: subsystemId,
      virtualControllerId: 20 + index,
      virtualMachineId: machineId,
    };
  });
  const destinations = destination.secondaryIds.map((_, index) => secondary(destination, index + 1));
  const members = sources.slice(0, deviceCount).map((controller, index) => ({
    controllerId: controller.id,
    virtualControllerId: 20 + index,
  }));
  const namespaces = [source, destination].flatMap((owner) => [namespace(owner, 1), namespace(owner, 2)]);
  return {
    source: {
      kind: 'simulated',
      name: 'two-hosts',
      label: 'Simulated fleet · seed 42',
      simulated: true,
      readOnly: null,
      seed: 42,
    },
    hosts: { 'hv-a': host('hv-a'), 'hv-b': host('hv-b') },
    subsystems: Object.fromEntries(
      [source, destination].map((owner) => [
        owner.subsystemId,
        { id: owner.subsystemId, nqn: owner.subsystemId },
      ]),
    ),
    controllers: Object.fromEntries(
      [source, destination, ...sources, ...destinations].map((controller) => [controller.id, controller]),
    ),
    namespaces: Object.fromEntries(namespaces.map((item) => [item.id, item])),
    virtualSubsystems: {
      [subsystemId]: {
        id: subsystemId,
        hostId: 'hv-a',
        primaryId: source.id,
        nqn: guestNqn,
        primaryVirtualId: 1,
        identity: { serialNumber: 'VIRTUAL1', modelNumber: 'Virtual drive', firmwareRevision: '1.0' },
        exposed: [],
        members,
      },
    },
    virtualMachines: {
      [machineId]: {
        id: machineId,
        hostId: 'hv-a',
        name: 'db-primary',
        vcpus: 8,
        memoryBytes: 2 ** 30,
        state: 'running',
        viommu: false,
        dirtyBytesPerSecond: null,
        deviceIds: members.map((member) => member.controllerId),
      },
    },
    problems: [],
  };
}

/** A request for `migrationFleet` that stops the guest first. */
export function migrationRequest(fleet: Fleet): MigrationRequest {
  const virtualMachineId = virtualMachineIdOf('hv-a', 'db-primary');
  return {
    virtualMachineId,
    destinationHostId: 'hv-b',
    devices: proposeMapping(fleet, virtualMachineId, 'hv-b').devices,
    options: {
      ...withPolicy(defaultMigrationOptions, 'stop-and-copy'),
      downtimeBudgetMilliseconds: 1000,
    },
    acknowledged: [],
  };
}
