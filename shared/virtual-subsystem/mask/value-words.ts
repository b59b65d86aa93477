import { bitNames } from '../../nvme/layout.ts';
import type { ExposedField } from './exposed-field.ts';

/** A capability value as people read it: `512 KiB` for MDTS, `2.1.0` for VER, hexadecimal for bit fields. */
export function valueWords(field: ExposedField, value: number): string {
  if (field.key === 'mdts') return transferWords(value);
  if (field.key === 'ver') return `${value >>> 16}.${(value >>> 8) & 0xff}.${value & 0xff}`;
  if (field.rule === 'keep-bits' || field.key === 'sqes' || field.key === 'cqes')
    return `0x${value.toString(16).padStart(field.size * 2, '0')}`;
  if (field.rule === 'limit' && value === 0) return 'no limit';
  if (field.key === 'cap-to') return `${value / 2} s`;
  if (field.key === 'cap-mqes') return `${value + 1} entries`;
  return String(value);
}

/** What a guest that reads `narrowed` lacks of `offered`, in words; empty when nothing. */
export function lossWords(field: ExposedField, offered: number, narrowed: number): readonly string[] {
  if (offered === narrowed) return [];
  if (field.rule === 'keep-bits') return bitNames(field, (offered & ~narrowed) >>> 0);
  const was = valueWords(field, offered);
  return [`${field.loses} (${valueWords(field, narrowed)} instead of ${was})`];
}

/** MDTS is a power of two in units of the minimum memory page size, here 4 KiB; 0 means no limit. */
function transferWords(value: number): string {
  if (value === 0) return 'no limit';
  const kibibytes = 4 * 2 ** value;
  return kibibytes >= 1024 ? `${kibibytes / 1024} MiB` : `${kibibytes} KiB`;
}
