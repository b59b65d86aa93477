import { expect, test } from 'vitest';
import { judge, type Measurement, median, spreadOf } from './figure.ts';

const machine = { load: 0.5, noise: 1.1 };
const measured: Measurement = {
  value: 130,
  unit: 'ms',
  baseline: 100,
  limit: { on: 'ratio', is: 'at most', value: 1.3 },
  runs: 7,
  spread: 2,
  notes: [],
};

test('the median does not follow one odd run', () => {
  expect(median([5, 1, 400])).toBe(5);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(() => median([])).toThrow();
});

test('the spread is half the distance of the quartiles in percent', () => {
  expect(spreadOf([100, 100, 100])).toBe(0);
  expect(spreadOf([80, 90, 100, 110, 120])).toBe(10);
});

test('a ratio on the limit passes, one above it does not', () => {
  expect(judge('paint', measured, machine)).toMatchObject({ ratio: 1.3, passed: true });
  expect(judge('paint', { ...measured, value: 131 }, machine).passed).toBe(false);
});

test('a limit on a ratio without a baseline is missed', () => {
  expect(judge('paint', { ...measured, baseline: null }, machine)).toMatchObject({
    ratio: null,
    passed: false,
  });
});

test('a limit on the value itself, from below', () => {
  const share = { ...measured, baseline: null, limit: { on: 'value', is: 'at least', value: 100 } } as const;
  expect(judge('replay', { ...share, value: 100 }, machine).passed).toBe(true);
  expect(judge('replay', { ...share, value: 99.99 }, machine).passed).toBe(false);
});
