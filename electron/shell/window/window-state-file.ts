import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseWindowState, type WindowState } from './window-bounds.ts';

/** Read before the first window exists, so it is a small file of its own and read synchronously. Broken: defaults. */
export function readWindowState(dataFolder: string): WindowState {
  try {
    return parseWindowState(JSON.parse(readFileSync(fileIn(dataFolder), 'utf8')));
  } catch {
    return parseWindowState(null);
  }
}

/**
 * Losing this file costs a window position, so it is replaced in one step but not synced, and a window closes although
 * it cannot be written: on a full disk, or where the folder is gone.
 */
export function writeWindowState(dataFolder: string, state: WindowState): void {
  const temporary = `${fileIn(dataFolder)}.new`;
  try {
    mkdirSync(dataFolder, { recursive: true });
    writeFileSync(temporary, `${JSON.stringify(state)}\n`);
    renameSync(temporary, fileIn(dataFolder));
  } catch {
    rmSync(temporary, { force: true, recursive: true });
  }
}

function fileIn(dataFolder: string): string {
  return path.join(dataFolder, 'window.json');
}
