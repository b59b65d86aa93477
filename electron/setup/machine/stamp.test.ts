import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compareStamp, contentHash, listInputs, quickHash, readStamp, writeStamp } from './stamp.mjs';

let root = '';
const stampFile = () => join(root, '.cache/stamp.json');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'berth-stamp-'));
  mkdirSync(join(root, 'source/deep'), { recursive: true });
  writeFileSync(join(root, 'source/a.ts'), 'one');
  writeFileSync(join(root, 'source/deep/b.ts'), 'two');
  writeFileSync(join(root, 'source/a.test.ts'), 'test');
});
afterEach(() => rmSync(root, { recursive: true }));

const files = () => listInputs(root, ['source', 'missing.json'], (path) => !path.endsWith('.test.ts'));

/** What a script does: work when needed, then remember. */
function workIfNeeded(): boolean {
  const state = compareStamp(root, files(), stampFile());
  if (!state.upToDate) writeStamp(stampFile(), state.stamp);
  return !state.upToDate;
}

describe('stamps', () => {
  test('list files of folders in a fixed order, without tests and missing inputs', () => {
    expect(files()).toEqual(['source/a.ts', 'source/deep/b.ts']);
  });

  test('ask for work the first time and not again', () => {
    expect(workIfNeeded()).toBe(true);
    expect(workIfNeeded()).toBe(false);
  });

  test('a changed, an added and a removed file each ask for work', () => {
    workIfNeeded();
    writeFileSync(join(root, 'source/a.ts'), 'changed');
    expect(workIfNeeded()).toBe(true);
    writeFileSync(join(root, 'source/c.ts'), '');
    expect(workIfNeeded()).toBe(true);
    rmSync(join(root, 'source/c.ts'));
    expect(workIfNeeded()).toBe(true);
    expect(workIfNeeded()).toBe(false);
  });

  test('a touched file with the same content asks for no work, and the quick answer works again after it', () => {
    workIfNeeded();
    utimesSync(join(root, 'source/a.ts'), 1, 1);
    expect(workIfNeeded()).toBe(false);
    expect(readStamp(stampFile())?.quick).toBe(quickHash(root, files()));
  });

  test('a stamp that cannot be read counts as none', () => {
    workIfNeeded();
    writeFileSync(stampFile(), '{"quick": 1');
    expect(readStamp(stampFile())).toBeUndefined();
    expect(workIfNeeded()).toBe(true);
  });

  test('the content hash tells where one file ends and the next begins', () => {
    const before = contentHash(root, files());
    writeFileSync(join(root, 'source/a.ts'), 'onet');
    writeFileSync(join(root, 'source/deep/b.ts'), 'wo');
    expect(contentHash(root, files())).not.toBe(before);
  });
});
