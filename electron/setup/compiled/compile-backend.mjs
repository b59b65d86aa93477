/**
 * Writes V8's compiled code of the backend: `electron compile-backend.mjs SCRIPT COMPILED`. V8 takes compiled code only
 * under the flags that it was made with, and Electron that runs as Node has others. All is done before Electron is
 * ready, so no display is needed.
 *
 * V8 keeps the functions that have run, so the script is first led through two starts, as the window does them: one
 * with the fleet that is built in and one with the state that the first has kept.
 */

import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { app } from 'electron';

const [scriptFile = '', compiledFile = ''] = process.argv.slice(-2);

/** What the page asks for before it answers, in its order. */
const firstRequests = [
  ['settings:get', {}],
  ['fleet:snapshot', {}],
  ['simulation:clock', {}],
  ['history:list', { limit: 50 }],
  ['draft:list', {}],
  ['trace:recent', { limit: 1000 }],
];

const script = new Script(readFileSync(scriptFile, 'utf8'), { filename: scriptFile });
const module = new Module(scriptFile);
const require = createRequire(scriptFile);
// As shell/compiled-script.ts loads it.
require.cache[scriptFile] = module;
script.runInThisContext()(module.exports, require, module, scriptFile, dirname(scriptFile));

/** @param {string} dataFolder */
async function startOnce(dataFolder) {
  const { backend, route } = await module.exports.startBackend({
    dataFolder,
    window: () => null,
    quitAnyway: () => undefined,
    noteUnsaved: () => undefined,
  });
  for (const [channel, request] of firstRequests) {
    const answer = await route(channel, request);
    if (!answer.ok) throw new Error(`${channel}: ${answer.error.message}`);
  }
  await backend.close();
}

let code = 1;
const dataFolder = mkdtempSync(join(tmpdir(), 'berth-compile-'));
try {
  await startOnce(dataFolder);
  await startOnce(dataFolder);
  const unfinished = `${compiledFile}.${process.pid}`;
  writeFileSync(unfinished, script.createCachedData());
  renameSync(unfinished, compiledFile);
  code = 0;
} catch (error) {
  console.error(error);
} finally {
  rmSync(dataFolder, { recursive: true, force: true });
}
app.exit(code);
