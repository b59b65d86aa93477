import { featureLevels } from '../../../platform/feature-levels.ts';
import type { PlatformFeature } from '../../../platform/schema.ts';
import type { RuleComponent } from '../check.ts';

/** What decides a check and where its values come from. */
export interface RuleEntry {
  readonly words: string;
  readonly component: RuleComponent;
  readonly source: string;
  /** First release that allows it, major and minor number; left out: no release decides it. */
  readonly since?: readonly [number, number];
  /** Where the values are read. */
  readonly from: string;
}

const identify = 'NVMe Base 2.1, 5.1.13 (Identify Controller)';
const virtualSubsystem = 'Virtual subsystem of the proposal (not ratified)';
const listed = 'Secondary Controller List (CNS 15h), sysfs of the function';

/**
 * The rule of every check by its group and name, the capability fields of Identify Controller apart (`capability-rules.ts`).
 * A release stands here only where a source names it.
 */
export const ruleTable: Readonly<Record<string, RuleEntry>> = {
  'environment.hosts': berth(
    'A guest moves between two hosts of one fleet that can be changed.',
    'The fleet as it was read',
  ),
  'environment.machine-running': berth(
    'Only a guest that runs is moved while it lives.',
    'State of the virtual machine in the hypervisor',
  ),
  'environment.vfio': kernel('Both hosts must offer the migration states of VFIO.', 'VFIO of each host', {
    source: 'Linux include/uapi/linux/vfio.h',
  }),
  'environment.machines': berth('Both hypervisors must take commands.', 'Hypervisor of each host'),
  'environment.stop-copy': kernel(
    'A device is saved in STOP_COPY and loaded in RESUMING.',
    'VFIO_DEVICE_FEATURE_MIGRATION of each host',
    { source: 'Linux include/uapi/linux/vfio.h, VFIO_MIGRATION_STOP_COPY' },
  ),
  'environment.p2p': level(
    'qemuP2p',
    'Several VFIO devices of one guest move only where each of them has the P2P states.',
    'VFIO_DEVICE_FEATURE_MIGRATION of each host and device',
  ),
  'environment.iommu': kernel('vfio-pci hands a function out only behind an IOMMU.', '/sys/class/iommu', {
    source: 'Linux Documentation/driver-api/vfio.rst',
  }),
  'environment.kernel': level(
    'kernelMigrationV2',
    'The kernel must have VFIO migration of version 2.',
    'uname -r',
  ),
  'environment.qemu': level(
    'qemuMigration',
    'QEMU must migrate VFIO devices; several of them need its P2P support as well.',
    'query-version of QMP',
  ),
  'environment.qemu-order': {
    words:
      'Both QEMU versions must know the machine type of the guest; the older one may not know the newer.',
    component: 'qemu',
    source: 'QEMU docs/devel/migration/compatibility.rst',
    from: 'query-version of QMP',
  },
  'environment.switchover-ack': {
    words:
      'Both ends must acknowledge the switch-over alike: QEMU 11.1 reworked it, and there an acknowledgement after the decision fails the migration.',
    component: 'qemu',
    source: 'QEMU commits 5fcadd7d, f4ba2df1, 8757d515',
    from: 'query-version of QMP',
  },
  'environment.page-size': berth('Memory is sent page by page.', 'getconf PAGESIZE'),
  'environment.iommu-page-size': kernel(
    'Dirty pages are reported in page sizes of the IOMMU.',
    'VFIO_IOMMU_GET_INFO, iova_pgsizes',
    { source: 'Linux include/uapi/linux/vfio.h' },
  ),
  'environment.iommu-group': kernel(
    'VFIO hands out whole IOMMU groups.',
    '/sys/bus/pci/devices/ADDRESS/iommu_group',
    { source: 'Linux Documentation/driver-api/vfio.rst' },
  ),
  'environment.viommu': {
    words:
      'A guest with a virtual IOMMU moves only where no function of it uses dirty tracking of the device.',
    component: 'qemu',
    source: 'QEMU commit 0e3c1e2b',
    since: [11, 1],
    from: 'Configuration of the guest, query-version of QMP',
  },
  'environment.dirty-tracking': {
    words:
      'What devices write is tracked by the device or by the IOMMU; otherwise all pinned memory stays dirty.',
    component: 'kernel',
    source: 'VFIO_DEVICE_FEATURE_DMA_LOGGING_START, IOMMU_HWPT_SET_DIRTY_TRACKING',
    since: sinceOf('kernelDmaLogging'),
    from: 'Track Send (TRATTR), VFIO and IOMMU of the source, uname -r',
  },
  'environment.libvirt': {
    words: 'libvirt must ask QEMU about PCI host devices instead of refusing all of them.',
    component: 'libvirt',
    source: 'libvirt src/qemu/qemu_migration.c',
    since: [8, 6],
    from: 'virsh version',
  },
  'environment.multifd': level(
    'qemuMultifd',
    'The state of a device goes over several connections where both versions can do that, and over one otherwise.',
    'query-version of QMP',
  ),
  'environment.link': berth('Without its speed nothing can be forecast.', 'Migration link of each host'),
  'environment.copy-while-running': level(
    'kernelDmaLogging',
    'The guest goes on while it is copied where every device logs its DMA.',
    'VFIO_DEVICE_FEATURE_DMA_LOGGING of each device',
  ),
  'environment.downtime': berth('The forecast stays within the budget.', 'Forecast of this migration'),
  'environment.live-migration': nvme(
    'Both controlling functions must have the same migration interface.',
    'NVMe Base 2.1, 5.1.13 (OACS bit 11), Migration Send and Migration Receive',
    'Identify Controller, OACS; Identify CNS 20h',
  ),
  'environment.virtual-subsystems': proposal(
    'The identity that the guest knows is kept by virtual subsystem commands.',
    'Virtual subsystem commands of each controlling function',
  ),
  'environment.pre-copy': level(
    'kernelPreCopy',
    'State is read before the device stops where its driver has PRE_COPY.',
    'VFIO_DEVICE_FEATURE_MIGRATION of the device',
  ),
  'state-format.opaque': berth(
    'The device that loads an opaque state judges it.',
    'Migration interface of both controlling functions',
  ),
  'state-format.version': nvme(
    'Both controlling functions must have a version of the controller state in common.',
    'NVMe Base 2.1, Supported Controller State Formats (CNS 20h)',
    'Identify CNS 20h, version list',
  ),
  'state-format.uuid': nvme(
    'The vendor part of the state is loaded only where its UUID is known.',
    'NVMe Base 2.1, Supported Controller State Formats (CNS 20h)',
    'Identify CNS 20h, vendor UUID list',
  ),
  'resources.every-device': berth('Every device of the guest needs a destination.', 'This mapping'),
  'resources.own-devices': berth('Only devices of this guest move with it.', 'This mapping'),
  'resources.distinct': berth('No controller takes part twice.', 'This mapping'),
  'resources.exists': nvme(
    'The destination must be a secondary controller whose function exists.',
    'NVMe Base 2.1, 5.1.13 (Secondary Controller List)',
    `${listed}, sriov_numvfs`,
  ),
  'resources.free': berth(
    'The destination must be free: neither a virtual machine nor a virtual subsystem nor the host uses it.',
    'Secondary Controller List (CNS 15h), driver in sysfs, virtual machines of the host',
  ),
  'resources.migration-enabled': proposal(
    'The controlling function must allow live migration of the function.',
    'Function list of the controlling function',
  ),
  'resources.source-ready': kernel(
    'The source must be online, in VFIO’s hands and RUNNING.',
    `${listed}, VFIO device state`,
    { source: 'Linux include/uapi/linux/vfio.h' },
  ),
  ...resourceRules('vq', 'VQ', 'VQFRSM'),
  ...resourceRules('vi', 'VI', 'VIFRSM'),
  'namespaces.set': berth(
    'Every attached namespace has one destination.',
    'Attached Namespace ID list (CNS 02h)',
  ),
  'namespaces.exists': nvme(
    'A namespace that is attached must exist in the NVM subsystem.',
    'NVMe Base 2.1, 5.1.13 (Identify CNS 02h, 10h)',
    'Allocated Namespace ID list (CNS 10h)',
  ),
  'namespaces.nsid': nvme(
    'The guest addresses a namespace by its NSID.',
    'NVMe Base 2.1, Namespace Identifier',
    'Attached Namespace ID list (CNS 02h)',
  ),
  'namespaces.identity': nvme(
    'The same data has the same globally unique identifier.',
    'NVMe Base 2.1, Namespace Identification Descriptor list (CNS 03h)',
    'Identify CNS 03h: NGUID, EUI64, UUID',
  ),
  'namespaces.size': nvme(
    'The guest knows the size.',
    'NVM Command Set, Identify Namespace',
    'Identify Namespace, NSZE',
  ),
  'namespaces.format': nvme(
    'The guest knows the block and metadata sizes.',
    'NVM Command Set, Identify Namespace',
    'Identify Namespace, FLBAS and LBAF',
  ),
  'namespaces.shared': nvme(
    'A private namespace is attached to one controller at most, and during the move two have it.',
    'NVMe Base 2.1, 5.1.20 (Namespace Is Private)',
    'Identify Namespace, NMIC bit 0',
  ),
  'identity.machine-name': berth(
    'A hypervisor has one virtual machine of a name.',
    'Virtual machines of the destination',
  ),
  'identity.virtual-subsystem': proposal(
    'The guest must see names that exist at the destination as well.',
    virtualSubsystem,
  ),
  'identity.one-primary': proposal(
    'A virtual subsystem has one controlling function on a host.',
    virtualSubsystem,
  ),
  'identity.nqn': nvme(
    'An NQN names one NVM subsystem.',
    'NVMe Base 2.1, NVMe Qualified Names',
    'Virtual and physical subsystems of the destination',
  ),
  'identity.virtual-controller-id': proposal(
    'A controller id is used once in a virtual subsystem.',
    virtualSubsystem,
  ),
  ...identityRules('serial-number', 'SN, bytes 4-23'),
  ...identityRules('model-number', 'MN, bytes 24-63'),
  ...identityRules('firmware-revision', 'FR, bytes 64-71'),
  ...identityRules('subsystem-nqn', 'SUBNQN, bytes 768-1023'),
  ...identityRules('cntlid', 'CNTLID, bytes 78-79'),
  'capabilities.readable': nvme(
    'What cannot be read cannot be compared.',
    identify,
    'Identify Controller (CNS 01h)',
  ),
};

function berth(words: string, from: string): RuleEntry {
  return { words, component: 'berth', source: 'Berth', from };
}

function nvme(words: string, source: string, from: string): RuleEntry {
  return { words, component: 'nvme-base', source, from };
}

function proposal(words: string, from: string): RuleEntry {
  return {
    words,
    component: 'nvme-proposal',
    source: 'Berth proposal, not in the ratified specification',
    from,
  };
}

function kernel(words: string, from: string, { source }: { readonly source: string }): RuleEntry {
  return { words, component: 'kernel', source, from };
}

function level(feature: PlatformFeature, words: string, from: string): RuleEntry {
  const found = featureLevels.find((entry) => entry.feature === feature);
  const component = found?.part === 'kernel' ? 'kernel' : 'qemu';
  return { words, component, source: found?.source ?? '', since: sinceOf(feature), from };
}

function sinceOf(feature: PlatformFeature): readonly [number, number] {
  return featureLevels.find((entry) => entry.feature === feature)?.since ?? [0, 0];
}

function resourceRules(resource: string, name: string, limit: string): Record<string, RuleEntry> {
  const source = 'NVMe Base 2.1, Primary Controller Capabilities (CNS 14h)';
  return {
    [`resources.${resource}-size`]: nvme(
      `A secondary controller gets at most ${limit} ${name} resources.`,
      source,
      `Primary Controller Capabilities (CNS 14h), ${limit}`,
    ),
    [`resources.${resource}-pool`]: nvme(
      `Flexible ${name} resources are assigned from one pool of the primary controller.`,
      source,
      'Primary Controller Capabilities (CNS 14h)',
    ),
  };
}

function identityRules(rule: string, field: string): Record<string, RuleEntry> {
  return {
    [`identity.${rule}`]: nvme(
      'A guest takes another value for another drive.',
      identify,
      `Identify Controller (CNS 01h), ${field}`,
    ),
  };
}
