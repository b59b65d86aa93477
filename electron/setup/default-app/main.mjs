/**
 * The default app of the fallback Electron (see electron-fallback.mjs): what `electron PATH` runs first.
 *
 * Electron's own default app is missing there. This one does what the command line of Electron promises and
 * the project uses: `-r FILE` loads a module before the program, the first other argument is the program.
 */

import { readFileSync, statSync } from 'node:fs';
import * as modules from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

/**
 * What Electron's own default app uses too, and its types do not show.
 * @typedef {{ setVersion: (version: string) => void, setAppPath: (path: string) => void }} Undocumented
 */
const undocumented = /** @type {Undocumented} */ (/** @type {unknown} */ (app));

/** The loader behind `node -r`, so that a name means the same here as there. */
const { _preloadModules: preloadModules } = /** @type {{ _preloadModules: (files: string[]) => void }} */ (
  /** @type {unknown} */ (modules.Module)
);

/** @param {string[]} words the command line behind the binary */
function parse(words) {
  /** @type {string[]} */
  const preloaded = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '-r' || word === '--require') preloaded.push(words[++index] ?? '');
    else if (!word.startsWith('-')) return { preloaded, program: word };
  }
  return { preloaded, program: undefined };
}

/** @param {string} program a folder with package.json, or a file */
function entryOf(program) {
  const path = resolve(program);
  if (statSync(path).isFile()) return path;
  const description = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  app.setName(description.productName ?? description.name);
  undocumented.setVersion(description.version);
  undocumented.setAppPath(path);
  return join(path, description.main ?? 'index.js');
}

const { preloaded, program } = parse(process.argv.slice(1));
try {
  preloadModules(preloaded);
  if (program === undefined) {
    process.stderr.write('Usage: electron [-r FILE] PATH [ARGUMENT …]\n');
    app.exit(2);
  } else {
    await import(pathToFileURL(entryOf(program)).href);
  }
} catch (error) {
  process.stderr.write(`The program could not be loaded: ${error instanceof Error ? error.stack : error}\n`);
  app.exit(1);
}
