import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from './lock.mjs';

let folder = '';
const lock = () => join(folder, 'deep/build.lock');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('two pieces of work never overlap', async () => {
  let working = 0;
  const work = async (): Promise<number> => {
    working += 1;
    const seen = working;
    await pause(20);
    working -= 1;
    return seen;
  };
  expect(await Promise.all([withLock(lock(), work), withLock(lock(), work)])).toEqual([1, 1]);
});

test('the lock is given back when the work fails', async () => {
  await expect(withLock(lock(), () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(existsSync(lock())).toBe(false);
});

test('the lock of a process that no longer lives is taken over', async () => {
  await withLock(lock(), async () => {});
  // Above the highest process id that Linux gives out (2²²).
  writeFileSync(lock(), '99999999');
  expect(await withLock(lock(), async () => 'done')).toBe('done');
});
