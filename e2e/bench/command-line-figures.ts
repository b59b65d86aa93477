import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../electron/setup/paths.mjs';
import { type Measurement, median, spreadOf } from './figure.ts';

const runs = 11;

/** @returns milliseconds from start to end of a Node program */
function timeOf(words: readonly string[]): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: projectRoot, encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${words.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - began;
}

/** `npm run berth -- --version` without npm's own time: with the check whether the build is current. */
export async function commandLineStart(): Promise<Measurement> {
  const program: number[] = [];
  const bare: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const times = [timeOf(['electron/setup/berth.mjs', '--version']), timeOf(['--eval', '0'])] as const;
    // The first run reads the files into the page cache.
    if (run === 0) continue;
    program.push(times[0]);
    bare.push(times[1]);
  }
  return {
    value: median(program),
    unit: 'ms',
    baseline: median(bare),
    limit: { on: 'value', is: 'at most', value: 300 },
    runs,
    spread: spreadOf(program),
    notes: [],
  };
}

/** The totals that `berth replay --json` prints last. */
interface Totals {
  readonly matched: number;
  readonly different: number;
  readonly notCompared: number;
}

function replayOne(capture: string): Totals | string {
  const words = ['dist/main/berth.js', 'replay', path.join('e2e/captures', capture), '--json'];
  const options = { cwd: projectRoot, encoding: 'utf8', maxBuffer: 1 << 28 } as const;
  const { stdout, stderr } = spawnSync(process.execPath, words, options);
  try {
    const { totals } = JSON.parse(stdout) as { totals: Totals };
    if (![totals.matched, totals.different].every(Number.isInteger)) throw new Error('no totals');
    return totals;
  } catch {
    return stderr.trim().split('\n').at(-1) || 'printed no totals';
  }
}

/** Share of compared lines of all recorded captures that the simulator answers as the recorded machine did. */
export async function replay(): Promise<Measurement> {
  const captures = readdirSync(path.join(projectRoot, 'e2e/captures'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  let matched = 0;
  let compared = 0;
  const notes: string[] = [];
  for (const capture of captures) {
    const totals = replayOne(capture);
    if (typeof totals === 'string') {
      notes.push(`${capture}: ${totals}`);
      // A capture that cannot be replayed must not leave the share untouched.
      compared += 1;
      continue;
    }
    matched += totals.matched;
    compared += totals.matched + totals.different;
    const { matched: same, different, notCompared } = totals;
    notes.push(`${capture}: ${same} matched, ${different} different, ${notCompared} not compared`);
  }
  return {
    value: compared === 0 ? 0 : (matched / compared) * 100,
    unit: '%',
    baseline: null,
    limit: { on: 'value', is: 'at least', value: 100 },
    runs: 1,
    spread: 0,
    notes,
  };
}
