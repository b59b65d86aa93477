/** How many tests passed and failed, as the runners' own JSON reports say. */

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../paths.mjs';

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 */

/**
 * @param {string} name of the runner
 * @returns {string} where its report goes; what an earlier run left there is gone
 */
export function resultFile(name) {
  const file = join(projectRoot, '.cache', 'test-counts', `${name}.json`);
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  return file;
}

/**
 * @param {{ numPassedTests: number, numFailedTests: number }} report of Vitest
 * @returns {Counts}
 */
export function vitestCounts({ numPassedTests, numFailedTests }) {
  return { passed: numPassedTests, failed: numFailedTests };
}

/**
 * @param {{ stats: { expected: number, unexpected: number, flaky: number } }} report of Playwright
 * @returns {Counts} a test that passed only when tried again has failed once, and counts as failed
 */
export function playwrightCounts({ stats }) {
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky };
}

/**
 * @template Report
 * @param {string} file
 * @param {(report: Report) => Counts} count
 * @returns {Counts} nothing when the runner ended before it wrote its report; its exit code then tells the failure
 */
export function countsIn(file, count) {
  try {
    return count(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { passed: 0, failed: 0 };
  }
}
