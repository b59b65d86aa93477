/** Builds the three worlds (main with command line, preload, renderer) into dist/, only when a source changed. */

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureCompiled, isCompiled } from './compiled/ensure-compiled.mjs';
import { withLock } from './machine/lock.mjs';
import { compareStamp, listInputs, writeStamp } from './machine/stamp.mjs';
import { projectRoot } from './paths.mjs';
import { duration, SetupError, say } from './progress.mjs';

const configs = [
  'electron/vite.main.config.ts',
  'electron/vite.backend.config.ts',
  'electron/vite.shell-library.config.ts',
  'electron/vite.command-line.config.ts',
  'electron/vite.preload.config.ts',
  'renderer/vite.config.ts',
];
const inputs = ['electron', 'renderer', 'shared', 'package.json', 'package-lock.json', 'tsconfig.base.json'];
const outputs = [
  'dist/main/main.js',
  'dist/main/backend.script.js',
  'dist/main/shell-library.cjs',
  'dist/main/berth.js',
  'dist/preload/preload.cjs',
  'dist/renderer/index.html',
];
const stampFile = '.cache/build-stamp.json';

/**
 * @param {string} path relative to the checkout
 * @returns {boolean} whether a change of the file can change the build: tests and the set-up itself cannot
 */
export function isBuildInput(path) {
  return !path.startsWith('electron/setup/') && !/\.test\.tsx?$/.test(path);
}

/** @param {string} root */
function compare(root) {
  const state = compareStamp(root, listInputs(root, inputs, isBuildInput), join(root, stampFile));
  if (!state.upToDate || outputs.every((file) => existsSync(join(root, file)))) return state;
  // dist/ was deleted: the stamp must not vouch for it.
  return { upToDate: /** @type {const} */ (false), stamp: undefined };
}

/** @returns {boolean} whether dist/ is what the sources ask for */
export function isBuilt() {
  return compare(projectRoot).upToDate && isCompiled();
}

/** Builds when dist/ is not what the sources ask for. */
export async function ensureBuild() {
  if (isBuilt()) return;
  await withLock(join(projectRoot, '.cache', 'build.lock'), async () => {
    // Taken before the build, so that a file saved during it causes the next one.
    const state = compare(projectRoot);
    if (state.upToDate) return ensureCompiled();
    say('Building …');
    const began = Date.now();
    await buildAll();
    await ensureCompiled();
    if (state.stamp) writeStamp(join(projectRoot, stampFile), state.stamp);
    say(`Built (${duration(Date.now() - began)}).`);
  });
}

async function buildAll() {
  const { build } = await import('vite');
  const mode = process.env.NODE_ENV;
  // Whoever loads TypeScript through Vite before, as the bench does, has it at "development": React would be built so too.
  process.env.NODE_ENV = 'production';
  // Four of the builds write into it, so that none may empty it.
  rmSync(join(projectRoot, 'dist/main'), { recursive: true, force: true });
  try {
    const results = await Promise.allSettled(
      configs.map((file) => build({ configFile: join(projectRoot, file), logLevel: 'warn' })),
    );
    const failures = results.flatMap((result, index) =>
      result.status === 'rejected' ? [`${configs[index]}: ${result.reason?.message ?? result.reason}`] : [],
    );
    if (failures.length > 0) throw new SetupError(`The build failed.\n${failures.join('\n')}`);
  } finally {
    // The program and the tests started later are to decide on their own.
    if (mode === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = mode;
  }
}
