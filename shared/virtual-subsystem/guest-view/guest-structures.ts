import type { LayoutField } from '../../nvme/layout.ts';
import {
  identifyNamespaceFields,
  identifyNamespaceLength,
} from '../../nvme/layouts/identify/identify-namespace.ts';
import {
  controllerPropertiesLength,
  controllerPropertyFields,
} from '../../nvme/layouts/registers/controller-properties.ts';
import {
  pciConfigurationFields,
  pciConfigurationLength,
} from '../../nvme/layouts/registers/pci-configuration.ts';

/** What a right value of some bytes is, wherever the guest runs. */
export type ByteRule =
  /** The same bytes on every host. */
  | 'equal'
  /** Set by the virtual identity; where it has no value, the same bytes on every host. */
  | 'identity'
  /** Follows the assigned resources, which a migration makes equal. */
  | 'resources'
  /** Written by the guest, its virtual machine or VFIO: the controller state of a migration brings it along. */
  | 'state'
  /** Changes by itself on any drive at any time. */
  | 'volatile';

/** A structure that a guest reads byte by byte, and the rule of each of its bytes. */
export interface GuestStructure {
  readonly source: string;
  readonly length: number;
  readonly fields: readonly LayoutField[];
  /** Rules by key of a field. Every other byte, reserved ones included, must be equal. */
  readonly rules: Readonly<Record<string, ByteRule>>;
  /** Keys of fields that a mask can make equal. */
  readonly narrowed: readonly string[];
}

export const propertiesStructure: GuestStructure = {
  source: 'Controller properties',
  length: controllerPropertiesLength,
  fields: controllerPropertyFields,
  rules: {
    ...{
      intms: 'state',
      intmc: 'state',
      cc: 'state',
      csts: 'state',
      aqa: 'state',
      asq: 'state',
      acq: 'state',
    },
    ...{ bprsel: 'state', bpmbl: 'state', cmbmsc: 'state', nssr: 'state', nssd: 'state' },
    ...{ pmrctl: 'state', pmrsts: 'state', pmrmscl: 'state', pmrmscu: 'state' },
  },
  narrowed: ['cap', 'vs'],
};

export const configurationStructure: GuestStructure = {
  source: 'PCI configuration space',
  length: pciConfigurationLength,
  fields: pciConfigurationFields,
  rules: {
    ...{ vid: 'identity', did: 'identity', ssvid: 'identity', ssid: 'identity', rid: 'identity' },
    ...{ cmd: 'state', cls: 'state', mlt: 'state', bars: 'state', erom: 'state', intr: 'state' },
    ...{ mxc: 'resources', pxdc: 'state', pxds: 'state', pxlc: 'state' },
  },
  narrowed: [],
};

/** The LBA formats, which the layout keeps apart. */
const formatBytes: LayoutField = {
  key: 'lbafs',
  mnemonic: 'LBAF',
  offset: 128,
  size: 256,
  kind: 'bytes',
  title: 'LBA Formats',
  clause: 'NVM Command Set 1.1, 4.1.5.1',
};

export const namespaceStructure: GuestStructure = {
  source: 'Identify Namespace',
  length: identifyNamespaceLength,
  fields: [...identifyNamespaceFields, formatBytes],
  rules: { nuse: 'volatile' },
  narrowed: ['nlbaf', 'lbafs'],
};

/**
 * Every structure whose bytes have rules of their own.
 * @internal tests go through all of them; the program names the one that it means
 */
export const guestStructures = [propertiesStructure, configurationStructure, namespaceStructure] as const;

/** A stretch of a structure with one rule. */
export interface RuledBytes {
  /** Undefined for bytes that no field covers. */
  readonly field: LayoutField | undefined;
  readonly offset: number;
  readonly size: number;
  readonly rule: ByteRule;
}

/** Every byte of a structure exactly once, in order: its fields, and the reserved bytes between them. */
export function ruledBytes({ fields, length, rules }: GuestStructure): readonly RuledBytes[] {
  const ranges: RuledBytes[] = [];
  let next = 0;
  const gap = (until: number) => {
    if (until > next) ranges.push({ field: undefined, offset: next, size: until - next, rule: 'equal' });
  };
  for (const field of [...fields].sort((left, right) => left.offset - right.offset)) {
    gap(field.offset);
    const { offset, size } = field;
    ranges.push({ field, offset, size, rule: rules[field.key] ?? 'equal' });
    next = offset + size;
  }
  gap(length);
  return ranges;
}
