import { expect, it } from 'vitest';
import { wholeNumber } from './whole-number.ts';

it('takes whole numbers up to the largest, and nothing else', () => {
  expect(wholeNumber(' 42 ', 65_535)).toBe(42);
  expect(wholeNumber('0', 65_535)).toBe(0);
  expect(wholeNumber('65535', 65_535)).toBe(65_535);
  for (const text of ['65536', '', '-1', '1.5', '0x10', '1e3']) expect(wholeNumber(text, 65_535)).toBeNull();
});
