import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { formatValue, parseValue, type TextControl } from './field-values.ts';

const numbers: readonly TextControl[] = [
  { kind: 'number' },
  { kind: 'number', hexadecimalDigits: 4 },
  { kind: 'size' },
];

describe('values in inputs', () => {
  test('what is shown means the value that it shows', () => {
    fc.assert(
      fc.property(fc.constantFrom(...numbers), fc.nat({ max: Number.MAX_SAFE_INTEGER }), (control, value) => {
        expect(parseValue(control, formatValue(control, value))).toBe(value);
      }),
      { numRuns: numRuns(100, 1000) },
    );
    const list: TextControl = { kind: 'numbers' };
    expect(parseValue(list, formatValue(list, [1, 20, 300]))).toEqual([1, 20, 300]);
    const texts: TextControl = { kind: 'texts' };
    expect(parseValue(texts, formatValue(texts, ['a', '1']))).toEqual(['a', '1']);
  });

  test('sizes as people write them', () => {
    const size: TextControl = { kind: 'size' };
    expect(parseValue(size, '4 GiB')).toBe(4 * 2 ** 30);
    expect(parseValue(size, '4gib')).toBe(4 * 2 ** 30);
    expect(parseValue(size, '1.5 GB')).toBe(1.5e9);
    expect(parseValue(size, '4096')).toBe(4096);
    expect(formatValue(size, 4 * 2 ** 30)).toBe('4 GiB');
    expect(formatValue(size, 1000)).toBe('1000');
  });

  test('what means no number stays what was typed, and empty takes the default', () => {
    for (const control of numbers) {
      expect(parseValue(control, 'many')).toBe('many');
      expect(formatValue(control, 'many')).toBe('many');
      expect(parseValue(control, '')).toBeUndefined();
    }
    expect(parseValue({ kind: 'numbers' }, '1, x')).toEqual([1, 'x']);
    expect(formatValue({ kind: 'number', hexadecimalDigits: 4 }, 0x1de5)).toBe('0x1de5');
    expect(parseValue({ kind: 'number' }, '0.25')).toBe(0.25);
  });
});
