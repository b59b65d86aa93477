/** One at a time: two scripts in one checkout must not build, or install, into the same folder together. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SetupError, say } from '../progress.mjs';

const waitLimit = 5 * 60 * 1000;

/**
 * @template T
 * @param {string} file the lock; holds the process id of its owner, so that a lock of a dead process is taken over
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  const since = Date.now();
  for (let told = false; !tryLock(file); told = true) {
    if (!told) say('Waiting for another run in this checkout to finish …');
    if (Date.now() - since > waitLimit) {
      throw new SetupError(`Another run has held ${file} for five minutes; end it, or delete that file.`);
    }
    await pause(100);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** @param {string} file */
function tryLock(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    if (!ownerLives(file)) rmSync(file, { force: true });
    return false;
  }
}

/** @param {string} file */
function ownerLives(file) {
  try {
    const owner = Number(readFileSync(file, 'utf8'));
    // An empty file: its owner is between creating and writing it.
    if (owner === 0) return true;
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
