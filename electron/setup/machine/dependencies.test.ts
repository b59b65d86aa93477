import { expect, test } from 'vitest';
import { sameLock } from './dependencies.mjs';

const wanted = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/b-darwin': { version: '1.0.0', integrity: 'sha512-b', optional: true },
};

test('the same packages need no npm ci; those for other platforms may be missing', () => {
  expect(sameLock(wanted, { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } })).toBe(true);
});

test.each([
  ['missing', {}],
  ['of another version', { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } }],
  ['of other content', { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } }],
  ['too much', { 'node_modules/a': wanted['node_modules/a'], 'node_modules/c': { version: '1.0.0' } }],
])('a package that is %s needs npm ci', (_case, installed) => {
  expect(sameLock(wanted, installed)).toBe(false);
});
