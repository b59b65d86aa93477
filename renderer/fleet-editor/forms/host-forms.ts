import { newWorkload } from '#shared/fleet-file/edit/new-objects.ts';
import { type FormField, type FormSection, number, onOff, size, text } from './form-field.ts';

export const fleetForm: readonly FormSection[] = [
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

export const hostForm: readonly FormSection[] = [
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
        label: 'The IOMMU tracks where devices write',
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

export const machineForm: readonly FormSection[] = [
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
