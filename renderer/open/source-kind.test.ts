import { expect, it } from 'vitest';
import { baseName, looksLikeFleetFile } from './source-kind.ts';

it('tells fleet files from capture folders by name', () => {
  expect(looksLikeFleetFile('/x/rack.JSON')).toBe(true);
  expect(looksLikeFleetFile('/x/02-sriov-4vf')).toBe(false);
  expect(looksLikeFleetFile('/x/fleet.json.d')).toBe(false);
});

it('names the last part of a path', () => {
  expect(baseName('/x/02-sriov-4vf/')).toBe('02-sriov-4vf');
  expect(baseName('C:\\captures\\07')).toBe('07');
  expect(baseName('/')).toBe('/');
});
