import { type Result, succeed } from '../../../result.ts';
import { checkLength } from '../../byte-view.ts';
import {
  blankFields,
  decodeFields,
  encodeFields,
  type FieldValues,
  fieldsOf,
  isZero,
  type ReservedByte,
  reservedBytes,
  writeReserved,
} from '../../layout.ts';

export const identifyNamespaceLength = 4096;
const structure = 'Identify Namespace';
const clause = 'NVM Command Set 1.1, 4.1.5.1 (CNS 00h)';
const lbaFormatsOffset = 128;
const lbaFormatLength = 4;
const lbaFormatCount = 64;

/** Every field of Identify Namespace but the LBA formats, in the order of the structure. `vs` is kept raw. */
export const identifyNamespaceFields = fieldsOf(clause, [
  ['nsze', 0, 8, 'big', 'Namespace Size in logical blocks'],
  ['ncap', 8, 8, 'big', 'Namespace Capacity in logical blocks'],
  ['nuse', 16, 8, 'big', 'Namespace Utilization in logical blocks'],
  ['nsfeat', 24, 1, 'unsigned', 'Namespace Features'],
  ['nlbaf', 25, 1, 'unsigned', "Number of LBA Formats, 0's based", { maximum: 63 }],
  ['flbas', 26, 1, 'unsigned', 'Formatted LBA Size'],
  ['mc', 27, 1, 'unsigned', 'Metadata Capabilities'],
  ['dpc', 28, 1, 'unsigned', 'End-to-end Data Protection Capabilities'],
  ['dps', 29, 1, 'unsigned', 'End-to-end Data Protection Type Settings'],
  [
    'nmic',
    30,
    1,
    'unsigned',
    'Namespace Multi-path I/O and Namespace Sharing Capabilities',
    {
      bits: [
        { bit: 0, mnemonic: 'SHRNS', title: 'Shared namespace' },
        { bit: 1, mnemonic: 'DISNS', title: 'Dispersed namespace' },
      ],
    },
  ],
  ['rescap', 31, 1, 'unsigned', 'Reservation Capabilities'],
  ['fpi', 32, 1, 'unsigned', 'Format Progress Indicator'],
  ['dlfeat', 33, 1, 'unsigned', 'Deallocate Logical Block Features'],
  ['nawun', 34, 2, 'unsigned', 'Namespace Atomic Write Unit Normal'],
  ['nawupf', 36, 2, 'unsigned', 'Namespace Atomic Write Unit Power Fail'],
  ['nacwu', 38, 2, 'unsigned', 'Namespace Atomic Compare and Write Unit'],
  ['nabsn', 40, 2, 'unsigned', 'Namespace Atomic Boundary Size Normal'],
  ['nabo', 42, 2, 'unsigned', 'Namespace Atomic Boundary Offset'],
  ['nabspf', 44, 2, 'unsigned', 'Namespace Atomic Boundary Size Power Fail'],
  ['noiob', 46, 2, 'unsigned', 'Namespace Optimal I/O Boundary'],
  ['nvmcap', 48, 16, 'big', 'NVM Capacity in bytes'],
  ['npwg', 64, 2, 'unsigned', 'Namespace Preferred Write Granularity'],
  ['npwa', 66, 2, 'unsigned', 'Namespace Preferred Write Alignment'],
  ['npdg', 68, 2, 'unsigned', 'Namespace Preferred Deallocate Granularity'],
  ['npda', 70, 2, 'unsigned', 'Namespace Preferred Deallocate Alignment'],
  ['nows', 72, 2, 'unsigned', 'Namespace Optimal Write Size'],
  ['mssrl', 74, 2, 'unsigned', 'Maximum Single Source Range Length'],
  ['mcl', 76, 4, 'unsigned', 'Maximum Copy Length'],
  ['msrc', 80, 1, 'unsigned', "Maximum Source Range Count, 0's based"],
  ['kpios', 81, 1, 'unsigned', 'Key Per I/O Status'],
  ['nulbaf', 82, 1, 'unsigned', 'Number of Unique Capability LBA Formats'],
  ['kpiodaag', 84, 4, 'unsigned', 'Key Per I/O Data Access Alignment and Granularity'],
  ['anagrpid', 92, 4, 'unsigned', 'ANA Group Identifier'],
  ['nsattr', 99, 1, 'unsigned', 'Namespace Attributes'],
  ['nvmsetid', 100, 2, 'unsigned', 'NVM Set Identifier'],
  ['endgid', 102, 2, 'unsigned', 'Endurance Group Identifier'],
  ['nguid', 104, 16, 'hexadecimal', 'Namespace Globally Unique Identifier'],
  ['eui64', 120, 8, 'hexadecimal', 'IEEE Extended Unique Identifier'],
  ['vs', 384, 3712, 'bytes', 'Vendor Specific'],
]);

/** Fields of one LBA format, offsets from its own start. */
export const lbaFormatFields = fieldsOf(clause, [
  ['ms', 0, 2, 'unsigned', 'Metadata Size in bytes'],
  ['ds', 2, 1, 'unsigned', 'LBA Data Size as a power of two'],
  ['rp', 3, 1, 'unsigned', 'Relative Performance in bits 1:0'],
]);
export type LbaFormat = FieldValues<typeof lbaFormatFields>;
/** One value for all unused formats. */
const blankLbaFormat: LbaFormat = Object.freeze(blankFields(lbaFormatFields));

/** Identify Namespace data structure of the NVM command set (CNS 00h and 11h). */
export type IdentifyNamespace = FieldValues<typeof identifyNamespaceFields> & {
  /** All 64 LBA formats, bytes 128-383; NLBAF + 1 + NULBAF of them are in use. */
  readonly lbafs: readonly LbaFormat[];
  readonly reserved: readonly ReservedByte[];
};

/** Decodes exactly 4096 bytes. */
export function decodeIdentifyNamespace(bytes: Uint8Array): Result<IdentifyNamespace> {
  const checked = checkLength(structure, bytes, identifyNamespaceLength);
  if (!checked.ok) return checked;
  const fields = decodeFields(structure, identifyNamespaceFields, bytes);
  if (!fields.ok) return fields;
  const lbafs: LbaFormat[] = [];
  for (let index = 0; index < lbaFormatCount; index++) {
    const base = lbaFormatsOffset + index * lbaFormatLength;
    if (isZero(bytes, base, lbaFormatLength)) {
      lbafs.push(blankLbaFormat);
      continue;
    }
    const format = decodeFields(`${structure}, LBA format ${index}`, lbaFormatFields, bytes, base);
    if (!format.ok) return format;
    lbafs.push(format.value);
  }
  const known = { ...fields.value, lbafs, reserved: [] };
  const encoded = encodeIdentifyNamespace(known);
  return encoded.ok ? succeed({ ...known, reserved: reservedBytes(bytes, encoded.value) }) : encoded;
}

/** Encodes into 4096 bytes; missing LBA formats stay zero. */
export function encodeIdentifyNamespace(value: IdentifyNamespace): Result<Uint8Array> {
  const bytes = new Uint8Array(identifyNamespaceLength);
  const fields = encodeFields(structure, identifyNamespaceFields, value, bytes);
  if (!fields.ok) return fields;
  for (const [index, format] of value.lbafs.slice(0, lbaFormatCount).entries()) {
    if (format === blankLbaFormat) continue;
    const base = lbaFormatsOffset + index * lbaFormatLength;
    const written = encodeFields(`${structure}, LBA format ${index}`, lbaFormatFields, format, bytes, base);
    if (!written.ok) return written;
  }
  return writeReserved(structure, value.reserved, bytes);
}

/** Identify Namespace with every number zero; also what an inactive namespace answers (NVMe Base 2.1, 3.2.1.5). */
export function blankIdentifyNamespace(): IdentifyNamespace {
  const lbafs = Array.from({ length: lbaFormatCount }, () => blankLbaFormat);
  return { ...blankFields(identifyNamespaceFields), lbafs, reserved: [] };
}
