/** Where things are: the checkout, and the cache that all checkouts share. */

import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of this checkout, without a slash at its end. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/**
 * The folder for downloads that all checkouts of one user share.
 * @param {NodeJS.ProcessEnv} environment
 * @param {string} home
 * @returns {string} $XDG_CACHE_HOME/berth, or ~/.cache/berth; a relative XDG path is ignored, as its standard asks
 */
export function cacheFolder(environment = process.env, home = homedir()) {
  const base = environment.XDG_CACHE_HOME;
  return join(base?.startsWith('/') ? base : join(home, '.cache'), 'berth');
}
