import { type EditRecord, record } from '#shared/fleet-file/edit/loose-value.ts';
import { newWorkload } from '#shared/fleet-file/edit/new-objects.ts';
import type { ObjectKind } from '#shared/fleet-file/edit/objects.ts';
import type { FieldPath } from '#shared/fleet-file/problems.ts';
import { profileNameSchema } from '#shared/fleet-file/schema.ts';
import { capabilityFields } from './capability-fields.ts';
import type { TextControl } from './field-values.ts';

export interface FormChoice {
  readonly value: string | null;
  readonly label: string;
}

/** How a field is edited. */
export type FormControl =
  | TextControl
  | { readonly kind: 'choice'; readonly options: readonly FormChoice[] }
  /** A choice between shapes: the whole value is replaced by a new one of that shape. */
  | {
      readonly kind: 'shape';
      readonly member: string;
      readonly shapes: readonly {
        readonly value: string;
        readonly label: string;
        readonly make: () => unknown;
      }[];
    }
  | { readonly kind: 'switch' }
  /** Present or not; present it begins with a value. */
  | { readonly kind: 'presence'; readonly make: () => unknown }
  | { readonly kind: 'host' }
  | { readonly kind: 'devices' }
  | {
      readonly kind: 'rows';
      readonly columns: readonly FormField[];
      readonly make: (rows: number) => unknown;
    };

export interface FormField {
  /** Below the object. */
  readonly path: FieldPath;
  readonly label: string;
  readonly control: FormControl;
  readonly description?: string;
  /** What counts when the file says nothing; the schema's own default. */
  readonly initial?: string | number | boolean | readonly number[];
  /** Takes the whole width of the form. */
  readonly wide?: boolean;
  readonly shown?: (object: EditRecord) => boolean;
}

export interface FormSection {
  readonly title: string;
  readonly fields: readonly FormField[];
  /** Folded until it is opened. */
  readonly folded?: boolean;
}

const text: FormControl = { kind: 'text' };
const number: FormControl = { kind: 'number' };
const size: FormControl = { kind: 'size' };
const onOff: FormControl = { kind: 'switch' };
const hex = (digits: number): FormControl => ({ kind: 'number', hexadecimalDigits: digits });

const hasFields = (object: EditRecord) => record(object.identify).kind !== 'bytes';

const fleet: readonly FormSection[] = [
  {
    title: 'Fleet',
    fields: [
      { path: ['name'], label: 'Name', control: text, description: 'Short, for lists and paths.' },
      { path: ['title'], label: 'Title', control: text, initial: '' },
      { path: ['description'], label: 'Description', control: text, initial: '', wide: true },
      {
        path: ['seed'],
        label: 'Seed',
        control: number,
        initial: 42,
        description: 'The same seed gives the same fleet, guests and queues.',
      },
    ],
  },
];

const host: readonly FormSection[] = [
  {
    title: 'Host',
    fields: [
      { path: ['name'], label: 'Name', control: text },
      { path: ['processors'], label: 'Logical processors', control: number, initial: 16 },
      {
        path: ['kernel'],
        label: 'Kernel release',
        control: text,
        initial: '6.8.0',
        description: 'What VFIO can do follows from it.',
      },
      { path: ['qemu'], label: 'QEMU version', control: text, initial: '9.2.0' },
      { path: ['pageSize'], label: 'Memory page size', control: size, initial: 4096 },
    ],
  },
  {
    title: 'IOMMU and VFIO',
    fields: [
      {
        path: ['iommu'],
        label: 'IOMMU',
        initial: 'iommufd',
        control: {
          kind: 'choice',
          options: [
            { value: 'iommufd', label: 'iommufd' },
            { value: 'intel-iommu', label: 'intel-iommu (legacy VFIO container)' },
            { value: 'amd-iommu', label: 'amd-iommu (legacy VFIO container)' },
            { value: '', label: 'none' },
          ],
        },
      },
      {
        path: ['iommuPageSizes'],
        label: 'IOMMU page sizes, bytes',
        control: { kind: 'numbers' },
        initial: [4096, 2 ** 21, 2 ** 30],
      },
      {
        path: ['iommuDirtyTracking'],
        label: 'The IOMMU notes where devices write',
        control: onOff,
        initial: true,
      },
      { path: ['vfio', 'stopCopy'], label: 'VFIO driver offers STOP_COPY', control: onOff, initial: true },
      { path: ['vfio', 'p2p'], label: 'VFIO driver offers P2P', control: onOff, initial: true },
      { path: ['vfio', 'preCopy'], label: 'VFIO driver offers PRE_COPY', control: onOff, initial: true },
    ],
  },
  {
    title: 'Migration link',
    fields: [
      {
        path: ['linkBytesPerSecond'],
        label: 'Speed, bytes per second',
        control: number,
        initial: 3_125_000_000,
      },
      { path: ['linkLatencyMilliseconds'], label: 'Latency one way, ms', control: number, initial: 0 },
      {
        path: ['linkLoss'],
        label: 'Loss, share of packets',
        control: number,
        initial: 0,
        description: '0.01 is one in a hundred.',
      },
    ],
  },
];

const machine: readonly FormSection[] = [
  {
    title: 'Virtual machine',
    fields: [
      { path: ['name'], label: 'Name', control: text },
      { path: ['vcpus'], label: 'Virtual CPUs', control: number },
      { path: ['memoryBytes'], label: 'Memory', control: size, description: 'Bytes, or for example 4 GiB.' },
      {
        path: ['state'],
        label: 'State',
        initial: 'running',
        control: {
          kind: 'choice',
          options: ['running', 'paused', 'stopped', 'incoming'].map((value) => ({ value, label: value })),
        },
      },
      { path: ['viommu'], label: 'The guest has a virtual IOMMU', control: onOff, initial: false },
      {
        path: ['devices'],
        label: 'Devices',
        control: { kind: 'devices' },
        wide: true,
        description:
          'Virtual functions that it owns. One that is added is bound to vfio-pci and taken online.',
      },
    ],
  },
  {
    title: 'Workload (simulated)',
    fields: [
      {
        path: ['workload'],
        label: 'The guest works: it writes memory, and its devices read and write',
        control: { kind: 'presence', make: newWorkload },
        wide: true,
      },
      ...workloadFields([
        {
          path: ['workload', 'phases'],
          label: 'Phases, one after the other and from the beginning again',
          wide: true,
          control: {
            kind: 'rows',
            make: () => ({ seconds: 60, pagesPerSecond: 1000 }),
            columns: [
              { path: ['seconds'], label: 'Seconds', control: number },
              { path: ['pagesPerSecond'], label: '4 KiB pages written a second', control: number },
              { path: ['hotBytes'], label: 'Hot set', control: size },
              { path: ['hotShare'], label: 'Share of writes to it', control: number, initial: 0.9 },
            ],
          },
        },
        { path: ['workload', 'readsPerSecond'], label: 'Reads a second', control: number, initial: 0 },
        { path: ['workload', 'writesPerSecond'], label: 'Writes a second', control: number, initial: 0 },
        { path: ['workload', 'blocksPerCommand'], label: 'Blocks a command', control: number, initial: 8 },
      ]),
    ],
  },
];

function workloadFields(fields: readonly FormField[]): FormField[] {
  return fields.map((field) => ({ ...field, shown: (object) => object.workload !== undefined }));
}

const subsystem: readonly FormSection[] = [
  {
    title: 'NVM subsystem',
    fields: [
      { path: ['nqn'], label: 'NVM subsystem NQN', control: text, wide: true },
      {
        path: ['profile'],
        label: 'Device profile',
        initial: 'berth',
        control: {
          kind: 'choice',
          options: profileNameSchema.options.map((value) => ({ value, label: value })),
        },
        description: 'How the device behaves where devices differ.',
      },
      {
        path: ['capacityBytes'],
        label: 'Capacity (TNVMCAP)',
        control: size,
        description: 'Empty: just what the namespaces take.',
      },
      {
        path: ['controllerLists'],
        label: 'Controllers know their subsystem (CNS 12h, 13h)',
        control: onOff,
        initial: true,
      },
    ],
  },
];

const namespace: readonly FormSection[] = [
  {
    title: 'Namespace',
    fields: [
      { path: ['nsid'], label: 'NSID', control: number },
      { path: ['blocks'], label: 'Size in blocks (NSZE)', control: number },
      { path: ['blockSize'], label: 'Bytes a block', control: number, initial: 4096 },
      { path: ['metadataSize'], label: 'Metadata bytes a block', control: number, initial: 0 },
      {
        path: ['shared'],
        label: 'Shared: may be attached to several controllers',
        control: onOff,
        initial: true,
      },
      {
        path: ['attachedTo'],
        label: 'Attached to CNTLIDs',
        control: { kind: 'numbers' },
        initial: [],
        description: 'CNTLIDs of this NVM subsystem, with commas.',
      },
      {
        path: ['nguid'],
        label: 'NGUID',
        control: text,
        initial: '',
        description: '32 hexadecimal digits, or empty.',
      },
      {
        path: ['eui64'],
        label: 'EUI-64',
        control: text,
        initial: '',
        description: '16 hexadecimal digits, or empty.',
      },
      { path: ['uuid'], label: 'UUID', control: text, initial: '' },
    ],
  },
];

const identity: FormSection = {
  title: 'Identity (Identify Controller)',
  fields: [
    identityField('serialNumber', 'Serial number', text),
    identityField('modelNumber', 'Model number', text),
    identityField('firmwareRevision', 'Firmware revision', text),
    identityField('vid', 'PCI vendor ID (VID)', hex(4), 0x1de5),
    identityField('ssvid', 'PCI subsystem vendor ID', hex(4), 0x1de5),
    identityField('ieee', 'IEEE OUI', hex(6), 0x00e04c),
    identityField('version', 'Version (VER)', hex(8), 0x00020100),
  ],
};

function identityField(name: string, label: string, control: FormControl, initial?: number): FormField {
  const path = ['identify', 'identity', name];
  return { path, label, control, shown: hasFields, ...(initial === undefined ? {} : { initial }) };
}

const place: readonly FormField[] = [
  { path: ['host'], label: 'Host', control: { kind: 'host' } },
  { path: ['cntlid'], label: 'CNTLID', control: number },
  { path: ['address'], label: 'PCI address', control: text, description: 'As 0000:41:00.0, in lower case.' },
  {
    path: ['driver'],
    label: 'Driver',
    control: {
      kind: 'choice',
      options: [
        { value: 'nvme', label: 'nvme' },
        { value: 'vfio-pci', label: 'vfio-pci' },
        { value: null, label: 'none' },
      ],
    },
    initial: 'nvme',
  },
];

const registers: readonly FormField[] = [
  { path: ['cap'], label: 'CAP register', control: text, initial: '0x4000300f0103ff' },
  { path: ['pciDeviceId'], label: 'PCI device ID', control: hex(4), initial: 0x0010 },
  { path: ['iommuGroup'], label: 'IOMMU group', control: number, description: 'Empty: a group of its own.' },
  {
    path: ['deviceInstance'],
    label: 'Number of /dev/nvmeN',
    control: number,
    description: 'Empty: the lowest free one.',
  },
];

const capabilities: FormSection = {
  title: 'Capabilities (Identify Controller)',
  folded: true,
  fields: capabilityFields,
};

const primary: readonly FormSection[] = [
  { title: 'Primary controller', fields: [...place, ...registers] },
  {
    title: 'SR-IOV and resources',
    fields: [
      { path: ['sriov', 'totalVfs'], label: 'TotalVFs', control: number },
      { path: ['sriov', 'numVfs'], label: 'Enabled (NumVFs)', control: number, initial: 0 },
      { path: ['sriov', 'vfOffset'], label: 'First VF offset', control: number, initial: 1 },
      { path: ['sriov', 'vfStride'], label: 'VF stride', control: number, initial: 1 },
      {
        path: ['firstSecondaryCntlid'],
        label: 'CNTLID of VF 1',
        control: number,
        description: 'Empty: the one after its own.',
      },
      {
        path: ['sriov', 'driversAutoprobe'],
        label: 'Drivers probe new functions',
        control: onOff,
        initial: true,
      },
      ...resourceFields('vq', 'VQ'),
      ...resourceFields('vi', 'VI'),
    ],
  },
  {
    title: 'Provisioned functions (profile siov-like, a proposal)',
    folded: true,
    fields: [
      {
        path: ['provisioned'],
        label: 'The controlling function can provision functions',
        control: { kind: 'presence', make: () => ({ maximum: 8, firstCntlid: 0x100 }) },
        wide: true,
      },
      provisionedField('maximum', 'At most (MAXPF)'),
      provisionedField('firstCntlid', 'First CNTLID (FPCID)'),
    ],
  },
  identity,
  capabilities,
  {
    title: 'Secondary controllers that are not as after a reset',
    fields: [
      {
        path: ['secondaries'],
        label: 'Secondary controllers',
        wide: true,
        control: {
          kind: 'rows',
          make: (rows) => ({ vfn: rows + 1, vq: 4, vi: 2, online: true, driver: null }),
          columns: [
            { path: ['vfn'], label: 'VF', control: number },
            { path: ['vq'], label: 'VQ', control: number, initial: 0 },
            { path: ['vi'], label: 'VI', control: number, initial: 0 },
            { path: ['online'], label: 'Online', control: onOff, initial: false },
            {
              path: ['driver'],
              label: 'Driver',
              control: {
                kind: 'choice',
                options: [
                  { value: null, label: 'none' },
                  { value: 'nvme', label: 'nvme' },
                  { value: 'vfio-pci', label: 'vfio-pci' },
                ],
              },
            },
          ],
        },
      },
    ],
  },
];

function provisionedField(member: string, label: string): FormField {
  const shown = (object: EditRecord) => object.provisioned !== undefined;
  return { path: ['provisioned', member], label, control: number, shown };
}

function resourceFields(key: 'vq' | 'vi', name: string): FormField[] {
  const kindOf = (object: EditRecord) => record(object[key]).kind;
  const flexible = (object: EditRecord) => kindOf(object) !== 'fixed';
  const one = (member: string, label: string, shown: FormField['shown'], initial?: number): FormField => ({
    path: [key, member],
    label: `${name}: ${label}`,
    control: number,
    ...(shown === undefined ? {} : { shown }),
    ...(initial === undefined ? {} : { initial }),
  });
  return [
    {
      path: [key],
      label: `${name} resources`,
      control: {
        kind: 'shape',
        member: 'kind',
        shapes: [
          {
            value: 'flexible',
            label: 'flexible',
            make: () => ({ kind: 'flexible', total: 64, secondaryMaximum: 8, privateToPrimary: 9 }),
          },
          {
            value: 'fixed',
            label: 'fixed',
            make: () => ({ kind: 'fixed', privateToPrimary: 9, perSecondary: 4 }),
          },
        ],
      },
    },
    one('total', `total (${name}FRT)`, flexible),
    one('secondaryMaximum', `most for one secondary (${name}FRSM)`, flexible),
    one('privateToPrimary', `private to the primary (${name}PRT)`, undefined),
    one('allocatedToPrimary', `allocated to the primary (${name}RFAP)`, flexible, 0),
    one('granularity', `granularity (${name}GRAN)`, flexible, 1),
    one('perSecondary', 'for each secondary', (object) => !flexible(object)),
  ];
}

const plain: readonly FormSection[] = [
  {
    title: 'Controller without SR-IOV',
    fields: [
      ...place,
      {
        path: ['transport'],
        label: 'Transport',
        initial: 'pcie',
        control: {
          kind: 'choice',
          options: ['pcie', 'tcp', 'rdma', 'fc', 'loop'].map((value) => ({ value, label: value })),
        },
      },
      { path: ['queuePairs'], label: 'Queue pairs, admin included', control: number, initial: 65 },
      { path: ['interruptVectors'], label: 'Interrupt vectors', control: number, initial: 65 },
      ...registers,
    ],
  },
  identity,
  capabilities,
];

/** The form of each kind of object. */
export const forms: Readonly<Record<ObjectKind, readonly FormSection[]>> = {
  fleet,
  host,
  'virtual-machine': machine,
  subsystem,
  primary,
  plain,
  namespace,
};
