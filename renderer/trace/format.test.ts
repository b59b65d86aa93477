import { expect, it } from 'vitest';
import {
  bytesText,
  capacityText,
  clockText,
  countText,
  dateText,
  durationText,
  hexText,
  millisecondsText,
  opcodeText,
  rateText,
} from './format.ts';

it('writes opcodes and ids as the specification does', () => {
  expect(opcodeText(0x1c)).toBe('1Ch');
  expect(opcodeText(2)).toBe('02h');
  expect(hexText(0x11, 4)).toBe('0x0011');
});

it('writes times to the millisecond', () => {
  const at = Date.UTC(2026, 10, 23, 14, 22, 3, 42);
  expect(clockText(at)).toBe('14:22:03.042');
  expect(dateText(at)).toBe('2026-11-23 14:22:03');
});

it('chooses the unit of a duration by its size', () => {
  expect([0.4, 184, 2400, 142_000, 1_250_000, 22_400_000, 125_000_000].map(durationText)).toEqual([
    '0 µs',
    '184 µs',
    '2.4 ms',
    '142 ms',
    '1.25 s',
    '22.4 s',
    '2 min 5 s',
  ]);
  expect(millisecondsText(142)).toBe('142 ms');
});

it('counts memory by 1024 and links by 1000', () => {
  expect(bytesText(4198)).toBe('4.1 KiB');
  expect(bytesText(32 * 1024 ** 3)).toBe('32 GiB');
  expect(bytesText(0)).toBe('0 B');
  expect(rateText(2_130_000_000)).toBe('2.1 GB/s');
  expect(capacityText('400000000000')).toBe('400 GB');
  expect(capacityText('not a number')).toBe('not a number');
});

it('says one and many', () => {
  expect(countText(1, 'warning')).toBe('1 warning');
  expect(countText(1284, 'entry', 'entries')).toBe('1,284 entries');
});
