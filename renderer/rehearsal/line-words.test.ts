import { expect, it } from 'vitest';
import { linesWords } from './line-words.ts';

it.each([
  [[], ''],
  [[6], 'line 6'],
  [[6, 7], 'lines 6, 7'],
  [[4, 9, 10, 11, 12, 24], 'lines 4, 9 to 12, 24'],
])('%j', (lines, words) => {
  expect(linesWords(lines)).toBe(words);
});
