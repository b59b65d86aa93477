import { type Result, succeed } from '../../../result.ts';
import { checkLength } from '../../byte-view.ts';
import { decodeFields, encodeFields, type FieldValues, fieldsOf } from '../../layout.ts';
import { vendorPartLength } from './virtual-subsystem-support.ts';

/** Where the structures of function provisioning are defined. */
export const functionProvisioningClause = 'Berth proposal: function provisioning (not an NVMe standard)';

const structure = 'Vendor part of Identify Controller';
const signature = 'BFNP';
/** First byte of the announcement in the vendor part, that is byte 3136 of Identify Controller. */
export const functionSupportOffset = 64;

/** Fields of the announcement, offsets from byte 3136 of Identify Controller. */
export const functionSupportFields = fieldsOf(functionProvisioningClause, [
  ['signature', 0, 4, 'ascii', 'Signature, the text BFNP'],
  ['version', 4, 2, 'unsigned', 'Version of the function provisioning commands'],
  [
    'fncap',
    6,
    2,
    'unsigned',
    'Function capabilities',
    {
      bits: [
        { bit: 0, mnemonic: 'FSTS', title: 'Live migration and visibility of functions can be set' },
        { bit: 1, mnemonic: 'FPDS', title: 'Provision and Destroy' },
      ],
    },
  ],
  ['maxpf', 8, 2, 'unsigned', 'Maximum number of provisioned functions'],
  ['fpcid', 10, 2, 'unsigned', 'First controller identifier of provisioned functions'],
]);

/** What a controlling function can do with functions. */
export type FunctionSupport = Omit<FieldValues<typeof functionSupportFields>, 'signature'>;

/** Finds the announcement in the 1024 vendor bytes of Identify Controller; undefined when it is not there. */
export function decodeFunctionSupport(vendor: Uint8Array): Result<FunctionSupport | undefined> {
  const checked = checkLength(structure, vendor, vendorPartLength);
  if (!checked.ok) return checked;
  for (let index = 0; index < signature.length; index++)
    if (vendor[functionSupportOffset + index] !== signature.charCodeAt(index)) return succeed(undefined);
  const fields = decodeFields(structure, functionSupportFields, vendor, functionSupportOffset);
  if (!fields.ok) return fields;
  const { version, fncap, maxpf, fpcid } = fields.value;
  return succeed({ version, fncap, maxpf, fpcid });
}

/** The 1024 vendor bytes with the announcement; everything else is taken from `vendor`. */
export function encodeFunctionSupport(support: FunctionSupport, vendor: Uint8Array): Result<Uint8Array> {
  const checked = checkLength(structure, vendor, vendorPartLength);
  if (!checked.ok) return checked;
  return encodeFields(
    structure,
    functionSupportFields,
    { ...support, signature },
    vendor.slice(),
    functionSupportOffset,
  );
}
