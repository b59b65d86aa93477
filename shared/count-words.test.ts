import { expect, test } from 'vitest';
import { countWords } from './count-words.ts';

test('a noun stands in the singular for one only', () => {
  expect([0, 1, 2].map((count) => countWords(count, 'host'))).toEqual(['0 hosts', '1 host', '2 hosts']);
  expect(countWords(-1, 'step')).toBe('-1 steps');
});

test('a plural of its own, and separated thousands', () => {
  expect(countWords(2, 'entry', 'entries')).toBe('2 entries');
  expect(countWords(4096, 'byte')).toBe('4,096 bytes');
});
