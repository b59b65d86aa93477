import type { Result } from '../../../result.ts';
import { checkLength } from '../../byte-view.ts';
import { blankFields, decodeFields, encodeFields, type FieldValues, fieldsOf } from '../../layout.ts';

const structure = 'Sanitize Status';

export const sanitizeStatusLength = 512;

/** Sanitize Status log page (81h). Times are in seconds; FFFFFFFFh where none is reported. */
export const sanitizeStatusFields = fieldsOf('NVMe Base 2.1, 5.1.12.1.33', [
  ['sprog', 0, 2, 'unsigned', 'Sanitize Progress in 65536ths; FFFFh while none runs'],
  ['sstat', 2, 2, 'unsigned', 'Sanitize Status'],
  ['scdw10', 4, 4, 'unsigned', 'Sanitize Command Dword 10'],
  ['eto', 8, 4, 'unsigned', 'Estimated Time For Overwrite'],
  ['etbe', 12, 4, 'unsigned', 'Estimated Time For Block Erase'],
  ['etce', 16, 4, 'unsigned', 'Estimated Time For Crypto Erase'],
  ['etond', 20, 4, 'unsigned', 'Estimated Time For Overwrite With No-Deallocate'],
  ['etbend', 24, 4, 'unsigned', 'Estimated Time For Block Erase With No-Deallocate'],
  ['etcend', 28, 4, 'unsigned', 'Estimated Time For Crypto Erase With No-Deallocate'],
  ['etpvds', 32, 4, 'unsigned', 'Estimated Time For Post-Verification Deallocation State'],
  ['ssi', 36, 1, 'unsigned', 'Sanitize State Information'],
]);
export type SanitizeStatus = FieldValues<typeof sanitizeStatusFields>;

/** SSTAT 2:0 (SOS), status of the most recent sanitize operation. */
export const sanitizeOperationStatus = { never: 0, completed: 1, inProgress: 2, failed: 3 } as const;

export function blankSanitizeStatus(): SanitizeStatus {
  return blankFields(sanitizeStatusFields);
}

export function decodeSanitizeStatus(bytes: Uint8Array): Result<SanitizeStatus> {
  const length = checkLength(structure, bytes, sanitizeStatusLength);
  return length.ok ? decodeFields(structure, sanitizeStatusFields, bytes) : length;
}

export function encodeSanitizeStatus(value: SanitizeStatus): Result<Uint8Array> {
  return encodeFields(structure, sanitizeStatusFields, value, new Uint8Array(sanitizeStatusLength));
}
