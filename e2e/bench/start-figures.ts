import { type Limit, type Measurement, median, spreadOf } from './figure.ts';
import { measureNpmStarts, measureStarts, type Start, type Starts } from './program-starts.ts';

/** Three figures come from one series of starts, since each start takes seconds. */
let series: Promise<Starts> | undefined;
function starts(): Promise<Starts> {
  series ??= measureStarts();
  return series;
}

function compare(
  program: readonly number[],
  bare: readonly number[],
  unit: Measurement['unit'],
  limit: Limit,
): Measurement {
  return {
    value: median(program),
    unit,
    baseline: median(bare),
    limit,
    runs: program.length,
    spread: spreadOf(program),
    notes: [],
  };
}

const paint = (start: Start): number => start.firstContentfulPaint;
const ratioAtMost = (value: number): Limit => ({ on: 'ratio', is: 'at most', value });

/** From the start of the command to the first painted content; baseline: the same of a bare Electron window. */
export async function firstContentfulPaint(): Promise<Measurement> {
  const { program, bare } = await starts();
  return compare(program.map(paint), bare.map(paint), 'ms', ratioAtMost(1.2));
}

/** From the start of the command until the topology of the built-in fleet answers to the pointer; same baseline. */
export async function topologyInteractive(): Promise<Measurement> {
  const { program, bare } = await starts();
  const interactive = program.flatMap((start) => (start.interactive === null ? [] : [start.interactive]));
  return compare(interactive, bare.map(paint), 'ms', ratioAtMost(1.4));
}

/** All processes three seconds after the start; baseline: those of a bare Electron window. */
export async function memory(): Promise<Measurement> {
  const { program, bare } = await starts();
  const used = (start: Start): number => start.memory;
  return compare(program.map(used), bare.map(used), 'MB', ratioAtMost(1.25));
}

/** A second `npm start`, when all set-up is done: first paint at most a second after the bare window's. */
export async function secondStart(): Promise<Measurement> {
  const { program, bare } = await measureNpmStarts();
  const limit: Limit = { on: 'value', is: 'at most', value: median(bare.map(paint)) + 1000 };
  return compare(program.map(paint), bare.map(paint), 'ms', limit);
}
