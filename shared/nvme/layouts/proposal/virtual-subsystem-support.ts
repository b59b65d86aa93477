import { type Result, succeed } from '../../../result.ts';
import { checkLength } from '../../byte-view.ts';
import { decodeFields, encodeFields, type FieldValues, fieldsOf } from '../../layout.ts';
import { virtualSubsystemClause } from './virtual-subsystem-identity.ts';

/** Length of the vendor part of Identify Controller, bytes 3072-4095. */
export const vendorPartLength = 1024;
const structure = 'Vendor part of Identify Controller';
const signature = 'BVSP';

/** Fields of the announcement, offsets from byte 3072 of Identify Controller. */
export const virtualSubsystemSupportFields = fieldsOf(virtualSubsystemClause, [
  ['signature', 0, 4, 'ascii', 'Signature, the text BVSP'],
  ['version', 4, 2, 'unsigned', 'Version of the virtual subsystem commands'],
  ['maxvs', 6, 2, 'unsigned', 'Maximum number of virtual subsystems'],
  ['maxvc', 8, 2, 'unsigned', 'Maximum number of controllers in a virtual subsystem'],
  [
    'vscap',
    10,
    2,
    'unsigned',
    'Virtual subsystem capabilities',
    {
      bits: [
        { bit: 0, mnemonic: 'SIDS', title: 'Set Identity' },
        { bit: 1, mnemonic: 'SECS', title: 'Set Exposed Capabilities' },
        {
          bit: 2,
          mnemonic: 'SRES',
          title: 'Set Exposed Capabilities of other structures than Identify Controller',
        },
        { bit: 3, mnemonic: 'PCIS', title: 'PCI identifiers in the identity' },
        { bit: 4, mnemonic: 'OFFS', title: 'Get Offered Capabilities and Preview Answer' },
      ],
    },
  ],
]);

/** What a controlling function can do with virtual subsystems. */
export type VirtualSubsystemSupport = Omit<FieldValues<typeof virtualSubsystemSupportFields>, 'signature'>;

/** Finds the announcement in the 1024 vendor bytes of Identify Controller; undefined when it is not there. */
export function decodeVirtualSubsystemSupport(
  vendor: Uint8Array,
): Result<VirtualSubsystemSupport | undefined> {
  const checked = checkLength(structure, vendor, vendorPartLength);
  if (!checked.ok) return checked;
  for (let index = 0; index < signature.length; index++)
    if (vendor[index] !== signature.charCodeAt(index)) return succeed(undefined);
  const fields = decodeFields(structure, virtualSubsystemSupportFields, vendor);
  if (!fields.ok) return fields;
  const { version, maxvs, maxvc, vscap } = fields.value;
  return succeed({ version, maxvs, maxvc, vscap });
}

/** The 1024 vendor bytes with the announcement; everything behind it is taken from `vendor`. */
export function encodeVirtualSubsystemSupport(
  support: VirtualSubsystemSupport,
  vendor: Uint8Array = new Uint8Array(vendorPartLength),
): Result<Uint8Array> {
  const checked = checkLength(structure, vendor, vendorPartLength);
  if (!checked.ok) return checked;
  return encodeFields(structure, virtualSubsystemSupportFields, { ...support, signature }, vendor.slice());
}
