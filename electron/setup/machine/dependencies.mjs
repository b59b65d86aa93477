/** The npm packages: installed when the lock file asks for something else than what is there. */

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../paths.mjs';
import { duration, SetupError, say } from '../progress.mjs';
import { npmComplaint, runCommand } from '../run-command.mjs';
import { withLock } from './lock.mjs';

/** @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean }>} LockedPackages */

/**
 * @param {LockedPackages} wanted `packages` of package-lock.json
 * @param {LockedPackages} installed `packages` of node_modules/.package-lock.json, which npm writes last
 * @returns {boolean} whether all that is wanted is installed; packages for other platforms may be missing
 */
export function sameLock(wanted, installed) {
  for (const [path, { version, integrity, optional }] of Object.entries(wanted)) {
    if (path === '') continue;
    const there = installed[path];
    if (there === undefined ? !optional : there.version !== version || there.integrity !== integrity)
      return false;
  }
  return Object.keys(installed).every((path) => path in wanted);
}

/** @param {string} root of the checkout */
function upToDate(root) {
  const stampFile = join(root, 'node_modules', '.berth-lock-hash');
  const lock = readFileSync(join(root, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  const renew = () => writeFileSync(stampFile, hash);
  try {
    if (readFileSync(stampFile, 'utf8') === hash) return { ok: true, renew };
  } catch {
    // No stamp: npm may have been called by hand, so its own record decides.
  }
  try {
    const installed = JSON.parse(readFileSync(join(root, 'node_modules', '.package-lock.json'), 'utf8'));
    const ok = sameLock(JSON.parse(lock.toString()).packages, installed.packages);
    if (ok) renew();
    return { ok, renew };
  } catch {
    return { ok: false, renew };
  }
}

/**
 * Runs `npm ci` when it is needed; otherwise only compares one hash.
 * @param {string} [root]
 */
export async function ensureDependencies(root = projectRoot) {
  if (upToDate(root).ok) return;
  // Not inside node_modules, which npm ci deletes.
  await withLock(join(root, '.cache', 'install.lock'), async () => {
    const state = upToDate(root);
    if (state.ok) return;
    say('Installing the npm packages (npm ci) …');
    const began = Date.now();
    const { code, output } = await runCommand('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: root,
      quiet: true,
    });
    if (code !== 0) {
      throw new SetupError(
        `The npm packages could not be installed; check the network or npm's registry settings and start again. Output of npm:\n${npmComplaint(output)}`,
      );
    }
    state.renew();
    say(`The npm packages are installed (${duration(Date.now() - began)}).`);
  });
}
