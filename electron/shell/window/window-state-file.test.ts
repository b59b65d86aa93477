import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parseWindowState } from './window-bounds.ts';
import { readWindowState, writeWindowState } from './window-state-file.ts';

const newFolder = () => mkdtempSync(path.join(tmpdir(), 'berth-window-'));
const state = { bounds: { x: 1, y: 2, width: 900, height: 700 }, maximized: true, theme: 'dark' } as const;

it('finds the window again as it was', () => {
  const folder = newFolder();
  writeWindowState(folder, state);
  expect(readWindowState(folder)).toEqual(state);
  expect(readdirSync(folder)).toEqual(['window.json']);
  rmSync(folder, { recursive: true });
});

it('a window closes although its place cannot be written', () => {
  const inTheWay = path.join(newFolder(), 'data');
  writeFileSync(inTheWay, '');
  expect(() => writeWindowState(inTheWay, state)).not.toThrow();
  expect(readWindowState(inTheWay)).toEqual(parseWindowState(null));
  rmSync(path.dirname(inTheWay), { recursive: true });
});

it.runIf(process.platform === 'linux')('a FIFO in its place does not hold the start', () => {
  const folder = newFolder();
  execFileSync('mkfifo', [path.join(folder, 'window.json')]);
  expect(readWindowState(folder)).toEqual(parseWindowState(null));
  rmSync(folder, { recursive: true });
});
