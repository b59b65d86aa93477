import { expect, test } from 'vitest';
import { hexadecimal } from './hexadecimal.ts';

test('numbers have their prefix and no leading zeroes, zero has it too', () => {
  expect([0, 0x1ff, 0xffffffffffffffffn].map(hexadecimal)).toEqual(['0x0', '0x1ff', '0xffffffffffffffff']);
});
