import type { Result } from '../../../result.ts';
import {
  blankFields,
  decodeLayout,
  encodeLayout,
  type FieldValues,
  fieldsOf,
  type ReservedByte,
} from '../../layout.ts';

export const primaryControllerCapabilitiesLength = 4096;
const structure = 'Primary Controller Capabilities';

/** Fields of the Primary Controller Capabilities structure (NVMe Base 2.1, 5.1.13, CNS 14h). */
export const primaryControllerCapabilitiesFields = fieldsOf('NVMe Base 2.1, 5.1.13 (CNS 14h)', [
  ['cntlid', 0, 2, 'unsigned', 'Controller Identifier of this primary controller'],
  ['portid', 2, 2, 'unsigned', 'Port Identifier'],
  [
    'crt',
    4,
    1,
    'unsigned',
    'Controller Resource Types',
    {
      maximum: 3,
      bits: [
        { bit: 0, mnemonic: 'VQ', title: 'VQ flexible resources' },
        { bit: 1, mnemonic: 'VI', title: 'VI flexible resources' },
      ],
    },
  ],
  ['vqfrt', 32, 4, 'unsigned', 'VQ Resources Flexible Total'],
  ['vqrfa', 36, 4, 'unsigned', 'VQ Resources Flexible Assigned to secondary controllers'],
  ['vqrfap', 40, 2, 'unsigned', 'VQ Resources Flexible Allocated to Primary'],
  ['vqprt', 42, 2, 'unsigned', 'VQ Resources Private Total'],
  ['vqfrsm', 44, 2, 'unsigned', 'VQ Resources Flexible Secondary Maximum'],
  ['vqgran', 46, 2, 'unsigned', 'VQ Flexible Resource Preferred Granularity'],
  ['vifrt', 64, 4, 'unsigned', 'VI Resources Flexible Total'],
  ['virfa', 68, 4, 'unsigned', 'VI Resources Flexible Assigned to secondary controllers'],
  ['virfap', 72, 2, 'unsigned', 'VI Resources Flexible Allocated to Primary'],
  ['viprt', 74, 2, 'unsigned', 'VI Resources Private Total'],
  ['vifrsm', 76, 2, 'unsigned', 'VI Resources Flexible Secondary Maximum'],
  ['vigran', 78, 2, 'unsigned', 'VI Flexible Resource Preferred Granularity'],
]);

/** What a primary controller owns and has given away; keys are the specification's mnemonics. */
export type PrimaryControllerCapabilities = FieldValues<typeof primaryControllerCapabilitiesFields> & {
  readonly reserved: readonly ReservedByte[];
};

/** Decodes exactly 4096 bytes. */
export function decodePrimaryControllerCapabilities(
  bytes: Uint8Array,
): Result<PrimaryControllerCapabilities> {
  return decodeLayout(
    structure,
    primaryControllerCapabilitiesLength,
    primaryControllerCapabilitiesFields,
    bytes,
  );
}

/** Encodes into 4096 bytes. */
export function encodePrimaryControllerCapabilities(
  value: PrimaryControllerCapabilities,
): Result<Uint8Array> {
  return encodeLayout(
    structure,
    primaryControllerCapabilitiesLength,
    primaryControllerCapabilitiesFields,
    value,
  );
}

/** All zero: what a controller without flexible resources answers. */
export function blankPrimaryControllerCapabilities(): PrimaryControllerCapabilities {
  return { ...blankFields(primaryControllerCapabilitiesFields), reserved: [] };
}
