import { describe, expect, test } from 'vitest';
import { isBuildInput } from './build-program.mjs';
import { demoFolderName } from './guided-example.mjs';
import { hasDisplay } from './machine/virtual-display.mjs';
import { duration } from './progress.mjs';
import { npmComplaint } from './run-command.mjs';

test.each([
  [340.4, '340 ms'],
  [2440, '2.4 s'],
  [59_960, '1 min 00 s'],
  [185_000, '3 min 05 s'],
])('%d milliseconds are %s', (milliseconds, words) => expect(duration(milliseconds)).toBe(words));

test('npm is quoted with its errors, not with its usage or warnings', () => {
  const output = 'npm warn old\nnpm error code E404\nnpm error\nnpm error 404 Not Found\n';
  expect(npmComplaint(output)).toBe('code E404\n404 Not Found');
  expect(npmComplaint('killed\n')).toBe('killed');
});

test('the folder of a guided example sorts by time', () => {
  expect(demoFolderName(new Date(2026, 0, 5, 9, 8, 7))).toBe('2026-01-05_09-08-07');
});

test.each([
  ['electron/main.ts', true],
  ['renderer/frame/app.tsx', true],
  ['renderer/frame/app.test.tsx', false],
  ['shared/nvme/command.test.ts', false],
  ['electron/setup/start.mjs', false],
])('whether %s can change the build: %s', (path, counts) => expect(isBuildInput(path)).toBe(counts));

describe('a display', () => {
  test.each([
    [{ DISPLAY: ':1' }, 'linux', true],
    [{ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', true],
    [{ DISPLAY: '' }, 'linux', false],
    [{}, 'linux', false],
    [{}, 'darwin', true],
  ] as const)('with %o on %s: %s', (environment, platform, there) => {
    expect(hasDisplay(environment, platform)).toBe(there);
  });
});
