import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheFolder, projectRoot } from './paths.mjs';

test('the checkout is found from the place of the set-up', () => {
  expect(existsSync(join(projectRoot, 'package.json'))).toBe(true);
});

test.each([
  [{}, '/home/me/.cache/berth'],
  [{ XDG_CACHE_HOME: '/var/cache/me' }, '/var/cache/me/berth'],
  [{ XDG_CACHE_HOME: '' }, '/home/me/.cache/berth'],
  [{ XDG_CACHE_HOME: 'relative' }, '/home/me/.cache/berth'],
])('cache folder for %o', (environment, folder) => {
  expect(cacheFolder(environment, '/home/me')).toBe(folder);
});
