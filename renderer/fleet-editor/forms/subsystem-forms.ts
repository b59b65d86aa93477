import { profileNameSchema } from '#shared/fleet-file/schema.ts';
import { type FormSection, number, onOff, size, text } from './form-field.ts';

export const subsystemForm: readonly FormSection[] = [
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

export const namespaceForm: readonly FormSection[] = [
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
