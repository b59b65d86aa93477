/** V8's compiled code of the backend, beside it in dist/: without it every start compiles the backend anew. */

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findElectron, rootWords } from '../machine/electron-binary.mjs';
import { projectRoot } from '../paths.mjs';
import { say } from '../progress.mjs';
import { lastLines, runCommand } from '../run-command.mjs';

const script = join(projectRoot, 'dist/main/backend.script.js');
const compiled = `${script}.compiled`;
/** For which Electron; outside of dist/, since the program itself asks V8. */
const note = join(projectRoot, '.cache/compiled-for');
const timeLimit = 60_000;

/** @returns {boolean} whether nothing is to be done: it is there, or there is no Electron to make it with */
export function isCompiled() {
  const electron = findElectron();
  if (electron === undefined) return true;
  return existsSync(compiled) && existsSync(note) && readFileSync(note, 'utf8') === electron.version;
}

/** Compiles when it is not. A failure costs only time at each start, so it is said and not thrown. */
export async function ensureCompiled() {
  const electron = findElectron();
  if (electron === undefined || isCompiled()) return;
  rmSync(compiled, { force: true });
  const { code, output } = await runCommand(
    electron.executable,
    [...rootWords(), join(import.meta.dirname, 'compile-backend.mjs'), script, compiled],
    { quiet: true, timeout: timeLimit },
  );
  if (code === 0) writeFileSync(note, electron.version);
  else say(`The backend could not be compiled ahead, Berth starts more slowly: ${lastLines(output, 3)}`);
}
