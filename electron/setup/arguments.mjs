/** The words behind `npm start --`, `npm test --` and so on, taken apart. */

import { SetupError } from './progress.mjs';

/**
 * @param {readonly string[]} words
 * @returns {{ demo: boolean, forwarded: string[] }} `forwarded` goes to the program: captures, fleets, its own options
 */
export function parseStart(words) {
  const end = words.indexOf('--');
  const own = end < 0 ? words : words.slice(0, end);
  const behind = end < 0 ? [] : words.slice(end + 1);
  return {
    demo: own.includes('--demo'),
    forwarded: [...own.filter((word) => word !== '--demo'), ...behind],
  };
}

/**
 * @param {readonly string[]} words
 * @returns {{ parts: 'all' | 'unit' | 'deep' | 'e2e', forwarded: string[] }} `forwarded` goes to the runner of that part
 */
export function parseTest(words) {
  const [first, ...rest] = words;
  if (first === undefined) return { parts: 'all', forwarded: [] };
  if (first === '--unit') return { parts: 'unit', forwarded: rest };
  if (first === '--deep') return { parts: 'deep', forwarded: rest };
  if (first === '--e2e') return { parts: 'e2e', forwarded: rest };
  throw new SetupError(
    `Unknown argument "${first}". Use: npm test [-- --unit [VITEST …] | --deep [VITEST …] | --e2e [PLAYWRIGHT …]]`,
  );
}

/**
 * @param {readonly string[]} words
 * @param {readonly string[]} known names of all figures
 * @returns {{ names: string[], json: string | undefined }} all names when none was given
 */
export function parseBench(words, known) {
  const usage = `Use: npm run bench [-- NAME…] [--json FILE], NAME one of ${known.join(', ')}`;
  /** @type {string[]} */
  const names = [];
  let json;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '--json') {
      json = words[++index];
      if (json === undefined) throw new SetupError(`--json needs a file. ${usage}`);
    } else if (known.includes(word)) {
      names.push(word);
    } else {
      throw new SetupError(`"${word}" is not the name of a figure. ${usage}`);
    }
  }
  return { names: names.length > 0 ? names : [...known], json };
}

/**
 * @param {readonly string[]} words
 * @returns {{ testBuild: boolean }}
 */
export function parsePackage(words) {
  const unknown = words.find((word) => word !== '--test-build');
  if (unknown !== undefined) {
    throw new SetupError(`Unknown argument "${unknown}". Use: npm run package [-- --test-build]`);
  }
  return { testBuild: words.includes('--test-build') };
}
