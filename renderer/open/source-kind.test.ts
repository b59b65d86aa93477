import { expect, it } from 'vitest';
import { baseName } from './source-kind.ts';

it('names the last part of a path', () => {
  expect(baseName('/x/02-sriov-4vf/')).toBe('02-sriov-4vf');
  expect(baseName('C:\\captures\\07')).toBe('07');
  expect(baseName('/')).toBe('/');
});
