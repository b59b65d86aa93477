import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findElectron, readDist } from './electron-binary.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-dist-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a folder counts only with both its version and its binary', () => {
  expect(readDist(folder, 'linux')).toBeUndefined();
  writeFileSync(join(folder, 'version'), 'v45.4.1\n');
  expect(readDist(folder, 'linux')).toBeUndefined();
  writeFileSync(join(folder, 'electron'), '');
  const found = { path: folder, version: '45.4.1', executable: join(folder, 'electron') };
  expect(readDist(folder, 'linux')).toEqual(found);
  expect(readDist(folder, 'win32')).toBeUndefined();
});

test('an Electron named by hand is taken, and refused by name when it is not complete', () => {
  const environment = { ELECTRON_OVERRIDE_DIST_PATH: folder };
  expect(() => findElectron(environment)).toThrow(folder);
  writeFileSync(join(folder, 'version'), '40.0.0');
  writeFileSync(join(folder, process.platform === 'win32' ? 'electron.exe' : 'electron'), '');
  if (process.platform !== 'darwin') expect(findElectron(environment)?.version).toBe('40.0.0');
});
