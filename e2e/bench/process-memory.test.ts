import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { proportionalMemory } from './process-memory.ts';

test.runIf(process.platform === 'linux')('counts the process and its children', async () => {
  const child = spawn(process.execPath, ['--eval', 'console.log("up"); setInterval(() => {}, 1000)']);
  try {
    await once(child.stdout, 'data');
    const alone = proportionalMemory(child.pid ?? 0);
    // A Node process holds some ten megabytes of its own, and this one, its parent, comes on top.
    expect(alone).toBeGreaterThan(5);
    expect(proportionalMemory(process.pid)).toBeGreaterThan(alone + 5);
  } finally {
    child.kill();
  }
});

test.runIf(process.platform === 'linux')('a process that is gone has none', () => {
  expect(proportionalMemory(99_999_999)).toBe(0);
});
