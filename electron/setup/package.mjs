/**
 * `npm run package [-- --test-build]`: the unpacked program in release/, which is then started to see that it does, and
 * started with a debugging port to see that it does not.
 *
 * A test build keeps the inspector fuse on and may be debugged, so that Playwright can drive the package.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testBuildVariable } from './after-pack.mjs';
import { parsePackage } from './arguments.mjs';
import { ensureBuild } from './build-program.mjs';
import { fuseNames, readFuses } from './fuses.mjs';
import { rootWords, warnOfOtherElectron } from './machine/electron-binary.mjs';
import { ensureWindowing } from './machine/ensure-all.mjs';
import { projectRoot } from './paths.mjs';
import { duration, runEntry, SetupError, say } from './progress.mjs';
import { lastLines, runCommand } from './run-command.mjs';

const startLimit = 40_000;

/**
 * @param {import('./machine/electron-binary.mjs').ElectronDist} electron
 * @param {boolean} testBuild
 * @returns {Promise<string>} the program's folder
 */
async function pack(electron, testBuild) {
  const { build, Platform } = await import('electron-builder');
  process.env[testBuildVariable] = testBuild ? 'yes' : 'no';
  /** @type {string | undefined} */
  let folder;
  await build({
    targets: Platform.current().createTarget('dir'),
    projectDir: projectRoot,
    publish: 'never',
    config: {
      extends: join(projectRoot, 'electron-builder.yml'),
      electronDist: electron.path,
      electronVersion: electron.version,
      // The program lets itself be debugged only where this is in its package.json.
      ...(testBuild ? { extraMetadata: { testBuild: true } } : {}),
      artifactBuildCompleted: ({ file }) => {
        folder = file;
      },
    },
  });
  return folder ?? join(projectRoot, 'release', `${process.platform}-unpacked`);
}

/**
 * Starts the package with a data folder of its own and lets it end by itself.
 * @param {string} executable
 * @param {readonly string[]} words
 * @returns {Promise<{ code: number, output: string, milliseconds: number }>}
 */
async function startPackage(executable, words) {
  const data = await mkdtemp(join(tmpdir(), 'berth-package-'));
  const began = Date.now();
  try {
    const ended = await runCommand(executable, [...rootWords(), `--user-data-dir=${data}`, ...words], {
      quiet: true,
      timeout: startLimit,
      env: { BERTH_QUIET_FATAL: '1' },
    });
    return { ...ended, milliseconds: Date.now() - began };
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

/**
 * Proof that the package starts: its page appears and is not empty, and the program leaves by itself.
 * @param {string} executable
 * @returns {Promise<{ milliseconds: number, title: string }>} time from the start to the end
 */
async function startAndQuit(executable) {
  const { code, output, milliseconds } = await startPackage(executable, ['--check-start']);
  const title = /^Berth started: (.*)$/m.exec(output)?.[1];
  if (code === 0 && title !== undefined) return { milliseconds, title };
  throw new SetupError(
    `The packaged program did not show its page and quit within ${startLimit / 1000} s (exit code ${code}):\n${lastLines(output)}`,
  );
}

/**
 * Proof that nobody can attach a debugger to the package.
 * @param {string} executable
 */
async function provesNoDebugger(executable) {
  for (const word of ['--remote-debugging-port=0', '--remote-debugging-pipe', '--inspect=0']) {
    const { code, output } = await startPackage(executable, [word, '--check-start']);
    if (code === 1 && output.includes('Berth does not start with') && !output.includes('listening on'))
      continue;
    throw new SetupError(
      `The packaged program started with ${word} (exit code ${code}), which would let a debugger in:\n${lastLines(output)}`,
    );
  }
}

await runEntry(async () => {
  const { testBuild } = parsePackage(process.argv.slice(2));
  const electron = await ensureWindowing({ display: 'any' });
  await ensureBuild();
  const began = Date.now();
  const folder = await pack(electron, testBuild);
  const executable = join(folder, process.platform === 'win32' ? 'Berth.exe' : 'berth');
  say(`Packaged in ${duration(Date.now() - began)}: ${folder}`);

  const fuses = await readFuses(executable);
  for (const name of fuseNames) say(`  fuse ${name}: ${fuses[name] ?? 'not in this Electron'}`);
  say('Starting the packaged program …');
  const { milliseconds, title } = await startAndQuit(executable);
  say(`It opened its window "${title}" and quit cleanly, in ${duration(milliseconds)}.`);
  if (!testBuild) {
    await provesNoDebugger(executable);
    say('It refuses to start with a debugger.');
  }
  const warning = warnOfOtherElectron(electron.version);
  if (warning !== undefined) say(warning);
  if (testBuild) say('This is a test build: do not ship it, the inspector fuse is on.');
});
