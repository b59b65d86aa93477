import { type Result, succeed } from '../../../result.ts';
import { blankFields, decodeFields, encodeFields, type FieldValues, fieldsOf } from '../../layout.ts';

const structure = 'Error Information log entry';

/** Bytes of one entry. */
export const errorInformationLength = 64;

/** One entry of the Error Information log page (01h). */
export const errorInformationFields = fieldsOf('NVMe Base 2.1, 5.1.12.1.2', [
  ['errorCount', 0, 8, 'big', 'Error Count; 0 for an entry that is not used'],
  ['sqid', 8, 2, 'unsigned', 'Submission Queue ID'],
  ['cmdid', 10, 2, 'unsigned', 'Command ID'],
  ['statusField', 12, 2, 'unsigned', 'Status in 15:1, phase tag in bit 0'],
  ['parmErrorLocation', 14, 2, 'unsigned', 'Parameter Error Location: byte in 7:0, bit in 10:8'],
  ['lba', 16, 8, 'big', 'LBA'],
  ['nsid', 24, 4, 'unsigned', 'Namespace'],
  ['vs', 28, 1, 'unsigned', 'Vendor Specific Information Available'],
  ['trtype', 29, 1, 'unsigned', 'Transport Type'],
  ['csi', 30, 1, 'unsigned', 'Command Set Indicator'],
  ['opcode', 31, 1, 'unsigned', 'Opcode'],
  ['cs', 32, 8, 'big', 'Command Specific Information'],
  ['trtypeSpecInfo', 40, 2, 'unsigned', 'Transport Type Specific Information'],
  ['logPageVersion', 63, 1, 'unsigned', 'Log Page Version'],
]);
export type ErrorInformation = FieldValues<typeof errorInformationFields>;

export function blankErrorInformation(): ErrorInformation {
  return blankFields(errorInformationFields);
}

export function encodeErrorInformation(entry: ErrorInformation): Result<Uint8Array> {
  return encodeFields(structure, errorInformationFields, entry, new Uint8Array(errorInformationLength));
}

/** Decodes whole entries, used or not; a rest shorter than an entry is left out. */
export function decodeErrorInformation(bytes: Uint8Array): Result<readonly ErrorInformation[]> {
  const entries: ErrorInformation[] = [];
  for (let at = 0; at + errorInformationLength <= bytes.length; at += errorInformationLength) {
    const entry = decodeFields(structure, errorInformationFields, bytes, at);
    if (!entry.ok) return entry;
    entries.push(entry.value);
  }
  return succeed(entries);
}
