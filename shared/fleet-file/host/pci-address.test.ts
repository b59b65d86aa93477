import { expect, test } from 'vitest';
import { virtualFunctionAddress } from './pci-address.ts';

test.each([
  ['0000:01:00.0', 1, 1, 1, '0000:01:00.1'],
  ['0000:01:00.0', 1, 1, 8, '0000:01:01.0'],
  ['0000:41:00.0', 2, 1, 3, '0000:41:00.4'],
  ['0001:41:00.0', 0x80, 2, 100, '0001:42:08.6'],
  ['0000:ff:1f.0', 1, 8, 2, undefined],
])('%s offset %d stride %d VF %d', (physical, vfOffset, vfStride, vfn, expected) => {
  expect(virtualFunctionAddress(physical, { vfOffset, vfStride }, vfn)).toBe(expected);
});
