import type { ObjectKind } from '#shared/fleet-file/edit/objects.ts';
import type { FieldPath } from '#shared/fleet-file/problems.ts';
import type { FormControl } from './form-field.ts';

/** Where the fields of the schema stand, and what a schema cannot say about them. */
export interface FormLayout {
  /**
   * The first section also takes every field that no section names, after those that it names, so that a new field of
   * the schema shows without a change here.
   */
  readonly sections: readonly {
    readonly title: string;
    /** Fields, and objects whose fields all stand here, in the order in which they show. */
    readonly paths: readonly FieldPath[];
    readonly folded?: boolean;
  }[];
  /** Controls that know more than the schema does, by the path with dots. */
  readonly controls?: Readonly<Record<string, FormControl>>;
  /** Fields that take the whole width, by the path with dots. */
  readonly wide?: readonly string[];
  /** A member that numbers the rows of a list from 1, by the path of the list with dots. */
  readonly numbered?: Readonly<Record<string, string>>;
}

/** Shared by controllers of both roles: the same structure on the wire. */
const identity = {
  title: 'Identity (Identify Controller)',
  paths: [
    ['identify', 'identity', 'serialNumber'],
    ['identify', 'identity', 'modelNumber'],
    ['identify', 'identity', 'firmwareRevision'],
    ['identify', 'identity'],
  ],
};

const capabilities = {
  title: 'Capabilities (Identify Controller)',
  paths: [['identify', 'capabilities']],
  folded: true,
};

const place = [['host'], ['cntlid'], ['address'], ['driver']];
const registers = [['cap'], ['pciDeviceId'], ['iommuGroup'], ['deviceInstance']];

/** The layout of each kind of object. */
export const layouts: Readonly<Record<ObjectKind, FormLayout>> = {
  fleet: {
    sections: [{ title: 'Fleet', paths: [] }],
    wide: ['description'],
  },
  host: {
    sections: [
      { title: 'Host', paths: [['name'], ['processors'], ['kernel'], ['qemu'], ['pageSize']] },
      {
        title: 'IOMMU and VFIO',
        paths: [['iommu'], ['iommuPageSizes'], ['iommuDirtyTracking'], ['vfio']],
      },
      {
        title: 'Migration link',
        paths: [['linkBytesPerSecond'], ['linkLatencyMilliseconds'], ['linkLoss']],
      },
    ],
    controls: {
      // The schema takes the name of any IOMMU; these are the ones that Linux has.
      iommu: {
        kind: 'choice',
        options: [
          { value: 'iommufd', label: 'iommufd' },
          { value: 'intel-iommu', label: 'intel-iommu (legacy VFIO container)' },
          { value: 'amd-iommu', label: 'amd-iommu (legacy VFIO container)' },
          { value: '', label: 'none' },
        ],
      },
    },
  },
  'virtual-machine': {
    sections: [
      { title: 'Virtual machine', paths: [] },
      { title: 'Workload (simulated)', paths: [['workload']] },
    ],
    controls: { devices: { kind: 'devices' } },
    wide: ['devices'],
  },
  subsystem: {
    sections: [{ title: 'NVM subsystem', paths: [['nqn'], ['profile'], ['capacityBytes']] }],
    wide: ['nqn'],
  },
  primary: {
    sections: [
      { title: 'Primary controller', paths: [...place, ...registers] },
      {
        title: 'SR-IOV and resources',
        paths: [
          ['sriov', 'totalVfs'],
          ['sriov', 'numVfs'],
          ['sriov', 'vfOffset'],
          ['sriov', 'vfStride'],
          ['firstSecondaryCntlid'],
          ['sriov'],
          ['vq'],
          ['vi'],
        ],
      },
      {
        title: 'Provisioned functions (profile siov-like, a proposal)',
        paths: [['provisioned']],
        folded: true,
      },
      identity,
      capabilities,
      { title: 'Secondary controllers that differ from their state after a reset', paths: [['secondaries']] },
    ],
    controls: { host: { kind: 'host' } },
    numbered: { secondaries: 'vfn' },
  },
  plain: {
    sections: [
      {
        title: 'Controller without SR-IOV',
        paths: [...place, ['transport'], ['queuePairs'], ['interruptVectors'], ...registers],
      },
      identity,
      capabilities,
    ],
    controls: { host: { kind: 'host' } },
  },
  namespace: { sections: [{ title: 'Namespace', paths: [] }] },
};
