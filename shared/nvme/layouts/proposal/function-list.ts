import type { Result } from '../../../result.ts';
import { decodeEntryList, type EntryList, type EntryListLayout, encodeEntryList } from '../../entry-list.ts';
import { type FieldValues, fieldsOf } from '../../layout.ts';
import { functionProvisioningClause } from './function-support.ts';

export const functionListLength = 4096;
export const maximumListedFunctions = 127;

/** Bits of FSTATE. */
export const functionStates = { migrationEnabled: 1, visible: 2 } as const;

/** Values of FKIND. */
export const functionKinds = {
  virtualFunction: { value: 0, title: 'SR-IOV virtual function' },
  provisioned: { value: 1, title: 'provisioned (SIOV-like) function' },
} as const;

/** One entry of the list. */
export const functionListFields = fieldsOf(functionProvisioningClause, [
  ['cntlid', 0, 2, 'unsigned', 'Controller Identifier of the controlled function'],
  ['handle', 2, 2, 'unsigned', 'Function Handle'],
  ['fkind', 4, 1, 'unsigned', 'Kind: 0 SR-IOV virtual function, 1 provisioned function', { maximum: 1 }],
  [
    'fstate',
    5,
    1,
    'unsigned',
    'State',
    {
      bits: [
        { bit: 0, mnemonic: 'MIGE', title: 'live migration enabled' },
        { bit: 1, mnemonic: 'VIS', title: 'visible' },
      ],
      maximum: 3,
    },
  ],
  ['vfn', 6, 2, 'unsigned', 'Virtual Function Number, from 1; 0 for a provisioned function'],
  ['uuid', 16, 16, 'uuid', 'Identifier under which the host shows a provisioned function; zero for a VF'],
]);
export type FunctionListEntry = FieldValues<typeof functionListFields>;

/** The functions that one controlling function controls and that exist now (Function Receive, List Functions). */
export type FunctionList = EntryList<FunctionListEntry>;

const layout: EntryListLayout<typeof functionListFields> = {
  structure: 'Function List',
  length: functionListLength,
  countSize: 2,
  headerLength: 32,
  entryLength: 32,
  maximum: maximumListedFunctions,
  fields: functionListFields,
};

/** Decodes exactly 4096 bytes. */
export function decodeFunctionList(bytes: Uint8Array): Result<FunctionList> {
  return decodeEntryList(layout, bytes);
}

/** Encodes up to 127 entries into 4096 bytes. */
export function encodeFunctionList(value: FunctionList): Result<Uint8Array> {
  return encodeEntryList(layout, value);
}
