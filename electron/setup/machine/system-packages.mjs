/**
 * The shared libraries, fonts and virtual display that Electron needs on a bare Linux machine.
 *
 * The dynamic loader says what is missing for the very binary that will run. Its answer is kept in the cache as
 * the list of library files, so that a later start only looks whether those files still exist.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheFolder } from '../paths.mjs';
import { duration, SetupError, say } from '../progress.mjs';
import { lastLines, runCommand } from '../run-command.mjs';

/**
 * @typedef {object} Missing
 * @property {readonly string[]} libraries names of shared libraries that the loader does not find
 * @property {boolean} fonts there is no font at all
 * @property {boolean} display there is neither a display nor Xvfb
 */

const libraryPackages = ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1'];
const displayPackages = ['xvfb', 'xauth'];
const fontPackages = ['fonts-liberation'];

/**
 * @param {string} output of `ldd BINARY`
 * @returns {{ found: string[], missing: string[] }} paths of the found libraries, names of the missing ones
 */
export function parseLdd(output) {
  const lines = output.split('\n').map((line) => line.trim());
  return {
    // Libraries beside the binary belong to Electron and say nothing about the machine.
    found: lines.flatMap((line) => line.match(/=> (\/(?:usr\/)?lib\S*)/)?.[1] ?? []),
    missing: lines.flatMap((line) => line.match(/^(\S+) => not found/)?.[1] ?? []),
  };
}

/**
 * The Debian packages for what is missing.
 * @param {Missing} missing
 * @param {(name: string) => boolean} [exists] asks apt; Debian 13 and Ubuntu 24.04 added "t64" to some names
 * @returns {string[]}
 */
export function packagesFor(missing, exists = () => false) {
  const names = [
    ...(missing.libraries.length > 0 ? libraryPackages : []),
    ...(missing.display ? displayPackages : []),
    ...(missing.fonts ? fontPackages : []),
  ];
  return names.map((name) => (exists(`${name}t64`) ? `${name}t64` : name));
}

/**
 * @param {Missing} missing
 * @returns {string} "the libraries a, b, a font and a virtual display (Xvfb)"
 */
export function describeMissing({ libraries, fonts, display }) {
  const parts = [];
  if (libraries.length === 1) parts.push(`the library ${libraries[0]}`);
  // Many stand for a few packages: two names are enough to recognise them by.
  else if (libraries.length > 3)
    parts.push(`${libraries.length} libraries (${libraries.slice(0, 2).join(', ')}, …)`);
  else if (libraries.length > 0) parts.push(`the libraries ${libraries.join(', ')}`);
  if (fonts) parts.push('a font');
  if (display) parts.push('a virtual display (Xvfb)');
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** @param {string} program */
function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** @param {string} folder */
function isEmpty(folder) {
  return !existsSync(folder) || readdirSync(folder).length === 0;
}

/**
 * @param {string} executable the Electron binary
 * @param {boolean} needsVirtualDisplay
 * @returns {Promise<Missing>}
 */
async function findMissing(executable, needsVirtualDisplay) {
  return {
    libraries: await missingLibraries(executable),
    fonts: isEmpty('/usr/share/fonts') && isEmpty('/usr/local/share/fonts'),
    display: needsVirtualDisplay && !onPath('Xvfb'),
  };
}

/** @param {string} executable */
async function missingLibraries(executable) {
  const memory = join(cacheFolder(), 'libraries.json');
  try {
    const known = JSON.parse(readFileSync(memory, 'utf8'));
    if (known.executable === executable && known.found.every(existsSync)) return [];
  } catch {
    // Nothing remembered: ask the loader.
  }
  const { code, output } = await runCommand('ldd', [executable], { quiet: true });
  if (code === 127) return []; // no ldd (musl, NixOS): Electron itself will say what it lacks
  const { found, missing } = parseLdd(output);
  if (missing.length === 0) {
    mkdirSync(cacheFolder(), { recursive: true });
    writeFileSync(memory, JSON.stringify({ executable, found }));
  }
  return missing;
}

/**
 * Installs what is missing when that is possible without asking anyone, else says the exact command.
 * @param {{ executable: string }} electron
 * @param {{ virtualDisplay: boolean }} needs
 */
export async function ensureSystemPackages({ executable }, { virtualDisplay }) {
  if (process.platform !== 'linux') return;
  const missing = await findMissing(executable, virtualDisplay);
  if (packagesFor(missing).length === 0) return;
  if (!onPath('apt-get')) {
    throw new SetupError(
      `This machine lacks ${describeMissing(missing)}: install the equivalents of the Debian packages ${packagesFor(missing).join(' ')}, then start again.`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      `This machine lacks ${describeMissing(missing)}. Run this, then start again:\n\n  sudo apt-get update && sudo apt-get install --no-install-recommends ${packagesFor(missing).join(' ')}`,
    );
  }
  await install(missing);
  const still = await findMissing(executable, virtualDisplay);
  if (packagesFor(still).length > 0) {
    throw new SetupError(
      `This machine still lacks ${describeMissing(still)}, although the packages were installed.`,
    );
  }
}

/** @param {Missing} missing */
async function install(missing) {
  say(`This machine lacks ${describeMissing(missing)}; installing with apt …`);
  const began = Date.now();
  const wait = ['-o', 'DPkg::Lock::Timeout=300'];
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const update = await runCommand('apt-get', [...wait, 'update', '-qq'], { quiet: true, env });
  const known = new Set();
  for (const name of packagesFor(missing)) {
    const { code } = await runCommand('apt-cache', ['show', `${name}t64`], { quiet: true });
    if (code === 0) known.add(`${name}t64`);
  }
  const packages = packagesFor(missing, (name) => known.has(name));
  const { code, output } = await runCommand(
    'apt-get',
    [...wait, 'install', '-y', '-qq', '--no-install-recommends', ...packages],
    { quiet: true, env },
  );
  if (code !== 0) {
    const said = update.code === 0 ? output : `${update.output}\n${output}`;
    throw new SetupError(
      `apt could not install ${packages.join(' ')}; check its sources and the network, then start again. Output of apt:\n${lastLines(said)}`,
    );
  }
  say(`The system packages are installed (${duration(Date.now() - began)}).`);
}
