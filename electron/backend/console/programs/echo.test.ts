import { expect, test } from 'vitest';
import { echoText } from './echo.ts';

test.each([
  [['0'], '0\n'],
  [['-n', '0'], '0'],
  [['-ne', 'a\\tb'], 'a\tb'],
  [['-e', '-E', 'a\\n'], 'a\\n\n'],
  [['-x', '-n'], '-x -n\n'],
  [['-'], '-\n'],
  [[], '\n'],
  [['-n'], ''],
  [['-e', '\\x41\\0102\\\\n\\q'], 'AB\\n\\q\n'],
  [['-e', 'kept\\cdropped'], 'kept'],
])('echo %j', (words, text) => {
  expect(echoText(words)).toBe(text);
});
