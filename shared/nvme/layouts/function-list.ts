import { type Result, succeed } from '../../result.ts';
import { checkLength, rangeFailure, readUnsigned, writeUnsigned } from '../byte-view.ts';
import {
  decodeFields,
  encodeFields,
  type FieldValues,
  fieldsOf,
  type ReservedByte,
  reservedBytes,
  writeReserved,
} from '../layout.ts';
import { functionProvisioningClause } from './function-support.ts';

export const functionListLength = 4096;
export const maximumListedFunctions = 127;
const structure = 'Function List';
const headerLength = 32;
const entryLength = 32;

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
export interface FunctionList {
  readonly entries: readonly FunctionListEntry[];
  readonly reserved: readonly ReservedByte[];
}

/** Decodes exactly 4096 bytes. */
export function decodeFunctionList(bytes: Uint8Array): Result<FunctionList> {
  const checked = checkLength(structure, bytes, functionListLength);
  if (!checked.ok) return checked;
  const count = readUnsigned(bytes, countRange);
  if (!count.ok) return count;
  if (count.value > maximumListedFunctions)
    return rangeFailure('device-data', countRange, `${count.value} entries do not fit`);
  const entries: FunctionListEntry[] = [];
  for (let index = 0; index < count.value; index++) {
    const base = headerLength + index * entryLength;
    const entry = decodeFields(`${structure}, entry ${index}`, functionListFields, bytes, base);
    if (!entry.ok) return entry;
    entries.push(entry.value);
  }
  const encoded = encodeFunctionList({ entries, reserved: [] });
  return encoded.ok ? succeed({ entries, reserved: reservedBytes(bytes, encoded.value) }) : encoded;
}

/** Encodes up to 127 entries into 4096 bytes. */
export function encodeFunctionList(value: FunctionList): Result<Uint8Array> {
  const bytes = new Uint8Array(functionListLength);
  if (value.entries.length > maximumListedFunctions)
    return rangeFailure('invalid-request', countRange, `${value.entries.length} entries do not fit`);
  const count = writeUnsigned(bytes, countRange, value.entries.length);
  if (!count.ok) return count;
  for (const [index, entry] of value.entries.entries()) {
    const base = headerLength + index * entryLength;
    const written = encodeFields(`${structure}, entry ${index}`, functionListFields, entry, bytes, base);
    if (!written.ok) return written;
  }
  return writeReserved(structure, value.reserved, bytes);
}

const countRange = { structure, field: 'number of entries', offset: 0, size: 2 };
