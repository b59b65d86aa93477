/**
 * `npm run package [-- --test-build]`: the unpacked program in release/, which is then started to see that it does.
 *
 * A test build keeps the inspector fuse on, so that Playwright can drive the package.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testBuildVariable } from './after-pack.mjs';
import { parsePackage } from './arguments.mjs';
import { ensureBuild } from './build-program.mjs';
import { fuseNames, readFuses } from './fuses.mjs';
import { rootWords } from './machine/electron-binary.mjs';
import { ensureWindowing } from './machine/ensure-all.mjs';
import { projectRoot } from './paths.mjs';
import { duration, runEntry, SetupError, say } from './progress.mjs';

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
      artifactBuildCompleted: ({ file }) => {
        folder = file;
      },
    },
  });
  return folder ?? join(projectRoot, 'release', `${process.platform}-unpacked`);
}

/**
 * Proof that the package starts: its page appears and is not empty, and the program leaves when asked.
 * @param {string} executable
 * @returns {Promise<{ milliseconds: number, title: string }>} time from the start to a page with content
 */
async function startAndQuit(executable) {
  // Loaded here, because it needs npm packages that may just have been installed.
  const { DebuggedProgram } = await import('./debugged-program.mjs');
  const data = await mkdtemp(join(tmpdir(), 'berth-package-'));
  const program = new DebuggedProgram(executable, rootWords(), data);
  try {
    const page = await program.page();
    const shown = page.waitForFunction('document.body.innerText.trim() !== ""');
    await shown.catch(() => {
      throw new SetupError(
        `The packaged program opened its window, but the page ${page.url()} stayed empty.`,
      );
    });
    const milliseconds = Date.now() - program.began;
    const title = await page.title();
    await program.quit();
    return { milliseconds, title };
  } finally {
    await program.kill();
    await rm(data, { recursive: true, force: true });
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
  say(`It opened its window "${title}" after ${duration(milliseconds)} and quit cleanly.`);
  if (testBuild) say('This is a test build: do not ship it, the inspector fuse is on.');
});
