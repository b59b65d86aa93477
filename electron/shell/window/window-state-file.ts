import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readSmallFileNow } from '#backend/files/read-file.ts';
import { parseWindowState, type WindowState } from './window-bounds.ts';

/** Bytes. */
const largestState = 64 * 1024;

/** Read before the first window exists, so it is a small file of its own and read synchronously. Broken: defaults. */
export function readWindowState(dataFolder: string): WindowState {
  try {
    return parseWindowState(JSON.parse(readSmallFileNow(fileIn(dataFolder), largestState) ?? 'null'));
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
    removeQuietly(temporary);
  }
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The next writing replaces it.
  }
}

function fileIn(dataFolder: string): string {
  return path.join(dataFolder, 'window.json');
}
