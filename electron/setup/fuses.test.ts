import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fuseNames, packageFuses, readFuses, setFuses } from './fuses.mjs';

const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
let folder = '';
const binary = () => join(folder, 'electron');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-fuses-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** @param states one character a fuse: 0 off, 1 on, r removed */
function writeBinary(states: string, version = 1): void {
  const head = Buffer.from(`ELF…${sentinel}`);
  writeFileSync(
    binary(),
    Buffer.concat([head, Buffer.of(version, states.length), Buffer.from(`${states}after`)]),
  );
}

test('a release names all nine fuses and keeps the inspector off; a test build keeps it on', () => {
  const release = packageFuses({ testBuild: false, platform: 'linux' });
  expect(Object.keys(release)).toEqual([...fuseNames]);
  expect(release).toEqual({
    runAsNode: false,
    cookieEncryption: true,
    nodeOptions: false,
    nodeCliInspect: false,
    embeddedAsarIntegrityValidation: false,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
    wasmTrapHandlers: 'default',
  });
  expect(packageFuses({ testBuild: true, platform: 'linux' })).toEqual({ ...release, nodeCliInspect: true });
  expect(packageFuses({ testBuild: false, platform: 'darwin' }).embeddedAsarIntegrityValidation).toBe(true);
});

test('setting changes only the bytes of the wire, and reading finds what was set', async () => {
  writeBinary('101100011');
  const before = readFileSync(binary());
  await setFuses(binary(), packageFuses({ testBuild: false, platform: 'linux' }));
  const after = readFileSync(binary());
  expect(after.toString().split(sentinel)[1]?.slice(2)).toBe('010001001after');
  expect(after.length).toBe(before.length);
  expect((await readFuses(binary())).wasmTrapHandlers).toBe(true);
});

test('a binary with fewer fuses keeps to those it has', async () => {
  writeBinary('10110001');
  await setFuses(binary(), packageFuses({ testBuild: false, platform: 'linux' }));
  expect(readFileSync(binary(), 'utf8').endsWith('01000100after')).toBe(true);
  expect(Object.keys(await readFuses(binary()))).toEqual(fuseNames.slice(0, 8));
});

test('a tenth fuse, another wire version and a foreign file are refused', async () => {
  const table = packageFuses({ testBuild: false, platform: 'linux' });
  writeBinary('1011000111');
  await expect(setFuses(binary(), table)).rejects.toThrow('has 10 fuses');
  writeBinary('10110001', 2);
  await expect(setFuses(binary(), table)).rejects.toThrow('no fuse wire');
  writeFileSync(binary(), 'not a program');
  await expect(readFuses(binary())).rejects.toThrow(binary());
});
