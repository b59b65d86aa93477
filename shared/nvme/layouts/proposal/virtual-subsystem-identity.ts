import type { Result } from '../../../result.ts';
import {
  blankFields,
  decodeLayout,
  encodeLayout,
  type FieldValues,
  fieldsOf,
  type ReservedByte,
} from '../../layout.ts';

/** Bytes of the identity as the data of Create and Set Identity. */
export const virtualSubsystemIdentityLength = 512;
const structure = 'Virtual Subsystem Identity';

/** Clause of everything about virtual subsystems: not an NVMe standard. */
export const virtualSubsystemClause = 'Berth proposal (not an NVMe standard)';

/** Fields of the identity that the controllers of a virtual subsystem show instead of their own. */
export const virtualSubsystemIdentityFields = fieldsOf(virtualSubsystemClause, [
  ['vnqn', 0, 256, 'nqn', 'Virtual NVMe Qualified Name'],
  ['sn', 256, 20, 'ascii', 'Virtual Serial Number'],
  ['mn', 276, 40, 'ascii', 'Virtual Model Number'],
  ['fr', 316, 8, 'ascii', 'Virtual Firmware Revision'],
  ['ieee', 324, 3, 'unsigned', 'Virtual IEEE OUI Identifier'],
  [
    'ovr',
    327,
    1,
    'unsigned',
    'Overrides: which fields replace those of the hardware',
    {
      maximum: 0x3f,
      bits: [
        { bit: 0, mnemonic: 'SN', title: 'Serial number' },
        { bit: 1, mnemonic: 'MN', title: 'Model number' },
        { bit: 2, mnemonic: 'FR', title: 'Firmware revision' },
        { bit: 3, mnemonic: 'IEEE', title: 'IEEE OUI' },
        { bit: 4, mnemonic: 'FGUID', title: 'FRU identifier' },
        { bit: 5, mnemonic: 'PCI', title: 'PCI identifiers' },
      ],
    },
  ],
  ['fguid', 328, 16, 'uuid', 'Virtual FRU Globally Unique Identifier'],
  ['pvid', 344, 2, 'unsigned', 'Virtual PCI Vendor ID, also VID of Identify Controller'],
  ['pdid', 346, 2, 'unsigned', 'Virtual PCI Device ID'],
  ['pssvid', 348, 2, 'unsigned', 'Virtual PCI Subsystem Vendor ID, also SSVID of Identify Controller'],
  ['pssid', 350, 2, 'unsigned', 'Virtual PCI Subsystem ID'],
  ['prid', 352, 1, 'unsigned', 'Virtual PCI Revision ID'],
]);

/** The bits of `ovr`, by the field that they switch. */
export const virtualIdentityOverrides = { sn: 1, mn: 2, fr: 4, ieee: 8, fguid: 16, pci: 32 } as const;

/** The identity of a virtual subsystem. The virtual NQN always applies; the others when their bit in `ovr` is set. */
export type VirtualSubsystemIdentity = FieldValues<typeof virtualSubsystemIdentityFields> & {
  readonly reserved: readonly ReservedByte[];
};

/** Decodes exactly 512 bytes. */
export function decodeVirtualSubsystemIdentity(bytes: Uint8Array): Result<VirtualSubsystemIdentity> {
  return decodeLayout(structure, virtualSubsystemIdentityLength, virtualSubsystemIdentityFields, bytes);
}

/** Encodes into 512 bytes. */
export function encodeVirtualSubsystemIdentity(value: VirtualSubsystemIdentity): Result<Uint8Array> {
  return encodeLayout(structure, virtualSubsystemIdentityLength, virtualSubsystemIdentityFields, value);
}

/** An identity that overrides nothing, to start from. */
export function blankVirtualSubsystemIdentity(): VirtualSubsystemIdentity {
  return { ...blankFields(virtualSubsystemIdentityFields), reserved: [] };
}
