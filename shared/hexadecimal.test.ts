import { expect, test } from 'vitest';
import { hexadecimal, suffixedHexadecimal } from './hexadecimal.ts';

test('numbers have their prefix and no leading zeroes, zero has it too', () => {
  expect([0, 0x1ff, 0xffffffffffffffffn].map(hexadecimal)).toEqual(['0x0', '0x1ff', '0xffffffffffffffff']);
});

test('as the specification writes them they have two digits at least', () => {
  expect([0, 0x1c, 0x4002].map(suffixedHexadecimal)).toEqual(['00h', '1Ch', '4002h']);
});
