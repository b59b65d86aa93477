import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DebuggedProgram } from '../../electron/setup/debugged-program.mjs';
import { electronDist, rootWords } from '../../electron/setup/machine/electron-binary.mjs';
import { projectRoot } from '../../electron/setup/paths.mjs';
import { proportionalMemory } from './process-memory.ts';

/** One start of a program, in milliseconds since the command was started. */
export interface Start {
  readonly firstContentfulPaint: number;
  /** When the page marked that the topology can be used; null for a program without one. */
  readonly interactive: number | null;
  /** Megabytes of all processes once the program has been left alone for a while. */
  readonly memory: number;
}

export interface Starts {
  readonly program: readonly Start[];
  readonly bare: readonly Start[];
}

interface Candidate {
  readonly command: string;
  readonly words: readonly string[];
  readonly mark: string | null;
}

const interactiveMark = 'berth:topology-interactive';
/** Looking at a page slows it down, so nobody looks until any healthy start is long over. */
const undisturbed = 3000;
const runs = 7;

/**
 * Starts the program and a bare window in turn, so that whatever else the machine does hits both alike. The times are
 * those that the page itself recorded (paint timing and a mark, on the system clock); they are only read later,
 * through Chromium's remote debugging. The first start of each fills caches and data folder and does not count.
 */
export async function measureStarts(): Promise<Starts> {
  const words = [...rootWords(), projectRoot];
  return besideBare({ command: electronDist().executable, words, mark: interactiveMark });
}

/** The same for `npm start` where all set-up is done; the bare window is opened without npm. */
export async function measureNpmStarts(): Promise<Starts> {
  return besideBare({ command: 'npm', words: ['start', '--'], mark: null });
}

async function besideBare(program: Candidate): Promise<Starts> {
  const bareFolder = path.join(projectRoot, 'e2e/bench/bare');
  const bare = { command: electronDist().executable, words: [...rootWords(), bareFolder], mark: null };
  const [programStarts, bareStarts] = await inTurn([program, bare]);
  return { program: programStarts ?? [], bare: bareStarts ?? [] };
}

async function inTurn(candidates: readonly Candidate[]): Promise<Start[][]> {
  const folders = await Promise.all(candidates.map(() => mkdtemp(path.join(tmpdir(), 'berth-bench-'))));
  const starts: Start[][] = candidates.map(() => []);
  try {
    for (let run = 0; run <= runs; run++) {
      for (const [index, candidate] of candidates.entries()) {
        const start = await measureStart(candidate, folders[index] ?? '');
        if (run > 0) starts[index]?.push(start);
      }
    }
  } finally {
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
  return starts;
}

async function measureStart({ command, words, mark }: Candidate, dataFolder: string): Promise<Start> {
  const program = new DebuggedProgram(command, words, dataFolder);
  try {
    await pause(undisturbed);
    const memory = proportionalMemory(program.pid);
    const page = await program.page();
    const firstContentfulPaint = await recorded(page, 'first-contentful-paint');
    const interactive = mark === null ? null : await recorded(page, mark);
    await program.quit();
    return {
      firstContentfulPaint: firstContentfulPaint - program.began,
      interactive: interactive === null ? null : interactive - program.began,
      memory,
    };
  } finally {
    await program.kill();
  }
}

/** @returns when the page recorded the entry, in milliseconds since 1970 */
async function recorded(page: import('@playwright/test').Page, entry: string): Promise<number> {
  const handle = await page.waitForFunction((name) => {
    const [first] = performance.getEntriesByName(name);
    return first === undefined ? undefined : performance.timeOrigin + first.startTime;
  }, entry);
  const time = await handle.jsonValue();
  if (time === undefined) throw new Error(`the page never recorded ${entry}`);
  return time;
}
