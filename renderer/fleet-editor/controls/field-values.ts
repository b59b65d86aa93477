import type { EditValue } from '#shared/fleet-file/edit/loose-value.ts';

/** How a value of a fleet file is written in a text input. */
export type TextControl =
  | { readonly kind: 'text' }
  /** Whole or broken decimal number; hexadecimal with `digits` digits where that is usual. */
  | { readonly kind: 'number'; readonly hexadecimalDigits?: number }
  /** Bytes, also as `4 GiB`. */
  | { readonly kind: 'size' }
  /** Numbers, or texts without spaces, with commas between them. */
  | { readonly kind: 'numbers' }
  | { readonly kind: 'texts' };

/** Whether a value is written in a text input. */
export function isTextControl(control: { readonly kind: string }): control is TextControl {
  return ['text', 'number', 'size', 'numbers', 'texts'].includes(control.kind);
}

/** Powers of 1024. */
const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** What stands in the input for a value; a value that does not fit the control stands there as JSON. */
export function formatValue(control: TextControl, value: EditValue): string {
  if (value === undefined) return '';
  if (control.kind === 'text') return typeof value === 'string' ? value : JSON.stringify(value);
  const item = { numbers: 'number', texts: 'string', text: null, number: null, size: null }[control.kind];
  if (Array.isArray(value) && value.every((one) => typeof one === item)) return value.join(', ');
  if (typeof value === 'number' && control.kind === 'size') return formatSize(value);
  if (typeof value === 'number' && control.kind === 'number') {
    const digits = control.hexadecimalDigits;
    return digits === undefined || !Number.isInteger(value) || value < 0
      ? `${value}`
      : `0x${value.toString(16).padStart(digits, '0')}`;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * The value that a text means. Empty: undefined, so that the default counts. What is not a number stays the text that
 * was typed: the check of the file then says what is wrong with it.
 */
export function parseValue(control: TextControl, text: string): EditValue {
  if (text === '') return undefined;
  switch (control.kind) {
    case 'text':
      return text;
    case 'number':
      return parseNumber(text) ?? text;
    case 'size':
      return parseSize(text) ?? text;
    case 'numbers':
      return partsOf(text).map((part) => parseNumber(part) ?? part);
    case 'texts':
      return partsOf(text);
  }
}

function partsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '');
}

/** Decimal with sign, fraction and exponent, or hexadecimal after `0x`; null for anything else. */
function parseNumber(text: string): number | null {
  const trimmed = text.trim();
  if (/^0x[0-9a-f]+$/i.test(trimmed)) return Number.parseInt(trimmed.slice(2), 16);
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : null;
}

/** Bytes; null for anything else. `4 GiB` and `4Gi` are powers of 1024, `4 GB` and `4G` of 1000. */
function parseSize(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGTP]?)(i?)(B?)$/i.exec(text.trim());
  if (match === null) return null;
  const [, digits = '', prefix = '', binary = ''] = match;
  const power = 'KMGTP'.indexOf(prefix.toUpperCase()) + 1;
  // Without the i it is a decimal unit, as on the label of a drive.
  const bytes = Number(digits) * (prefix === '' ? 1 : (binary === '' ? 1000 : 1024) ** power);
  return Number.isFinite(bytes) ? Math.round(bytes) : null;
}

/** The largest unit in which the number stays whole, so that nothing is rounded away. */
function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && value % 1024 === 0 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 ? `${bytes}` : `${value} ${units[unit]}`;
}
