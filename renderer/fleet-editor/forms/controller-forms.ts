import { type EditRecord, record } from '#shared/fleet-file/edit/loose-value.ts';
import { capabilityFields } from './capability-fields.ts';
import {
  type FormControl,
  type FormField,
  type FormSection,
  hex,
  number,
  onOff,
  text,
} from './form-field.ts';

const hasFields = (object: EditRecord) => record(object.identify).kind !== 'bytes';
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

export const primaryForm: readonly FormSection[] = [
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
    title: 'Secondary controllers that differ from their state after a reset',
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

export const plainForm: readonly FormSection[] = [
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
