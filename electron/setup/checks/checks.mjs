/** The steps of `npm run check` and `npm test`: each runs to its end, so that one run shows all failures. */

import { ensureBuild } from '../build-program.mjs';
import { ensureWindowing } from '../machine/ensure-all.mjs';
import { duration, heading, holdingOutput, SetupError, say } from '../progress.mjs';
import { runCommand } from '../run-command.mjs';
import { playwrightCli } from './playwright-cli.mjs';
import { countsIn, playwrightCounts, resultFile, vitestCounts } from './test-counts.mjs';

/**
 * @typedef {object} Step
 * @property {string} title
 * @property {string} failure the sentence at the end when it failed
 * @property {() => Promise<number>} run resolves to the exit code
 * @property {() => import('./test-counts.mjs').Counts} [counts] of a step that runs tests, once it has run
 */

/**
 * @param {string} script of a package in node_modules, started without the search that npx does
 * @param {readonly string[]} words
 */
async function tool(script, words) {
  return (await runCommand(process.execPath, [`node_modules/${script}`, ...words])).code;
}

/** @returns {Step[]} */
export function staticSteps() {
  return [
    {
      title: 'Format and lint',
      failure: 'Format or lint: see the findings above; `npm run format` repairs most of them.',
      run: () => tool('@biomejs/biome/bin/biome', ['ci', '.']),
    },
    {
      title: 'Types',
      failure: 'Types: the compiler rejected the lines above.',
      run: () => tool('typescript/bin/tsc', ['-b']),
    },
    {
      title: 'Unused code',
      failure: 'Unused code: nothing uses the files, exports or packages that knip names above.',
      run: () => tool('knip/bin/knip.js', []),
    },
    {
      title: 'Code that only tests use',
      failure: 'Code that only tests use: move it to a folder `testing` or `test-support`, or delete it.',
      run: () => tool('knip/bin/knip.js', ['--production']),
    },
  ];
}

/**
 * @param {readonly string[]} words for Vitest
 * @returns {Step}
 */
export function unitStep(words = []) {
  const results = resultFile('unit');
  return {
    title: 'Unit and property tests',
    failure: 'Unit tests: at least one failed, see above.',
    run: () =>
      tool('vitest/vitest.mjs', [
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${results}`,
        ...words,
      ]),
    counts: () => countsIn(results, vitestCounts),
  };
}

/**
 * @param {readonly string[]} words for Playwright
 * @returns {Step[]}
 */
export function endToEndSteps(words = []) {
  const results = resultFile('e2e');
  return [
    {
      title: 'Build',
      failure:
        'Build: dist/ could not be built, so the tests below it ran without a build or on an older one.',
      run: async () => {
        await ensureBuild();
        return 0;
      },
    },
    {
      title: 'End-to-end tests in Electron',
      failure: 'End-to-end tests: at least one failed; pictures and traces are in test-results/.',
      run: async () => {
        await ensureWindowing({ display: 'any' });
        const [script, ...rest] = playwrightCli;
        const { code } = await runCommand(
          process.execPath,
          [String(script), ...rest, '--project=e2e', '--reporter=list,json', ...words],
          { env: { PLAYWRIGHT_JSON_OUTPUT_FILE: results } },
        );
        return code;
      },
      counts: () => countsIn(results, playwrightCounts),
    },
  ];
}

/**
 * Steps without words of their own side by side: each one's output is held back until it is done.
 * @param {readonly Step[]} steps
 * @returns {Step} failed when one of them failed
 */
export function sideBySide(steps) {
  return {
    title: 'Format, types, unused code',
    failure: `${steps.map(({ title }) => title).join(', ')}: at least one failed, see above.`,
    run: async () => {
      const ended = await Promise.all(
        steps.map(async (step) => {
          const began = Date.now();
          const { result, held } = await holdingOutput(() => runStep(step));
          say(
            `${held}${step.title}: ${result === 0 ? 'passed' : `FAILED. ${step.failure}`} (${duration(Date.now() - began)})`,
          );
          return result;
        }),
      );
      return ended.every((code) => code === 0) ? 0 : 1;
    },
  };
}

/**
 * @param {readonly Step[]} steps
 * @returns {Promise<number>} exit code: 0 when all passed
 */
export async function runSteps(steps) {
  const began = Date.now();
  /** @type {string[]} */
  const failures = [];
  const sum = { passed: 0, failed: 0 };
  for (const step of steps) {
    heading(step.title);
    const stepBegan = Date.now();
    const code = await runStep(step);
    if (code !== 0) failures.push(step.failure);
    const { passed, failed } = step.counts?.() ?? { passed: 0, failed: 0 };
    sum.passed += passed;
    // A step that failed otherwise than by a test must not leave a sum that looks like success.
    sum.failed += code === 0 ? failed : Math.max(failed, 1);
    say(`${step.title}: ${code === 0 ? 'passed' : 'FAILED'} (${duration(Date.now() - stepBegan)})`);
  }
  heading(failures.length === 0 ? 'All passed' : `${failures.length} of ${steps.length} failed`);
  for (const failure of failures) say(failure);
  say(`Total ${duration(Date.now() - began)}.`);
  if (steps.some(({ counts }) => counts !== undefined)) say(`${sum.passed} passed, ${sum.failed} failed`);
  return failures.length === 0 ? 0 : 1;
}

/** @param {Step} step */
async function runStep(step) {
  try {
    return await step.run();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    return 1;
  }
}
