import { basename, dirname } from 'node:path';
import { expect, test } from 'vitest';
import { fallbackExistsFor, fallbackFolder, pathInElectron } from './electron-fallback.mjs';

test('the folder is in the cache, named by version, platform and recipe', () => {
  const folder = fallbackFolder('/cache/berth');
  expect(dirname(folder)).toBe('/cache/berth');
  expect(basename(folder)).toMatch(/^electron-33\.2\.1-linux-x64-[0-9a-f]{8}$/);
});

test('only Linux on x64 has a fallback', () => {
  expect(fallbackExistsFor({ platform: 'linux', arch: 'x64' })).toBe(true);
  expect(fallbackExistsFor({ platform: 'linux', arch: 'arm64' })).toBe(false);
  expect(fallbackExistsFor({ platform: 'darwin', arch: 'x64' })).toBe(false);
});

test.each([
  ['Cypress/', undefined],
  ['Cypress/locales/', undefined],
  ['Cypress/locales/en-US.pak', 'locales/en-US.pak'],
  ['Cypress/Cypress', 'electron'],
  ['Cypress/chrome_crashpad_handler', 'chrome_crashpad_handler'],
  ['Cypress/resources/app/index.js', undefined],
  ['Cypress/resources/app-update.yml', undefined],
  ['Cypress/browser_v8_context_snapshot.bin', undefined],
  ['Cypress/v8_context_snapshot.bin', 'v8_context_snapshot.bin'],
])('%s of the zip becomes %s', (path, inside) => {
  expect(pathInElectron(path)).toBe(inside);
});
