import { twoHosts } from '#backend/hosts/simulated/built-in/two-hosts.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { proposeMapping } from '#shared/migration/mapping.ts';
import { defaultPreCopyOptions, type PreCopyOptions } from '#shared/migration/pre-copy/options.ts';
import type { MigrationFacts } from '#shared/procedure/procedure.ts';
import { openHeadlessProgram } from '../../electron/command-line/migrate/open-program.ts';
import { type Measurement, measured, median, spreadOf } from './figure.ts';

const gib = 2 ** 30;
const budget = 300;

/** How a guest of 4 GiB behind 10 Gbit/s writes: little and much, everywhere and to a hot part, by its processors and devices. */
const guests = [
  { pagesPerSecond: 5000, hotBytes: gib, hotShare: 0, readsPerSecond: 100 },
  { pagesPerSecond: 40_000, hotBytes: gib / 4, hotShare: 0.8, readsPerSecond: 2000 },
  { pagesPerSecond: 120_000, hotBytes: gib, hotShare: 0, readsPerSecond: 500 },
  { pagesPerSecond: 90_000, hotBytes: gib / 8, hotShare: 0.9, readsPerSecond: 4000 },
] as const;
type Guest = (typeof guests)[number];

function fleetWith(guest: Guest, memoryBytes: number, linkBytesPerSecond: number): FleetFile {
  const file = twoHosts.build();
  for (const host of file.hosts) {
    host.linkBytesPerSecond = linkBytesPerSecond;
    for (const machine of host.virtualMachines) {
      if (machine.name !== 'db-primary') continue;
      machine.memoryBytes = memoryBytes;
      const { readsPerSecond, ...phase } = guest;
      machine.workload = {
        phases: [{ seconds: 60, ...phase }],
        ...{ readsPerSecond, writesPerSecond: readsPerSecond / 2, blocksPerCommand: 2 },
      };
    }
  }
  return file;
}

/** Moves db-primary once; the facts, and milliseconds of real time. */
async function move(file: FleetFile, policy: PreCopyOptions['policy']) {
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const opened = await openHeadlessProgram(file, { log, onRun: silent });
  if (!opened.ok) throw new Error(opened.error.message);
  const { writer, runner, close } = opened.value;
  const ends = { virtualMachineId: 'hv-a:db-primary', destinationHostId: 'hv-b' };
  const { devices } = proposeMapping(writer.fleet, ends.virtualMachineId, ends.destinationHostId);
  const began = performance.now();
  const started = await runner.start({
    kind: 'migrate',
    request: {
      ...{ ...ends, devices, acknowledged: [] },
      options: {
        ...{ downtimeBudgetMilliseconds: budget, releaseSource: true, detachSourceNamespaces: true },
        preCopy: { ...defaultPreCopyOptions, policy, whenNotConverging: 'give-up' },
      },
    },
  });
  if (!started.ok) throw new Error(started.error.message);
  const run = await runner.finished(started.value.id);
  const milliseconds = performance.now() - began;
  await close();
  if (run?.status !== 'done' || run.migration === null)
    throw new Error(run?.error?.message ?? 'it did not move');
  return { facts: run.migration, milliseconds };
}

function lastRound({ preCopy }: MigrationFacts) {
  const round = preCopy?.rounds.at(-1);
  if (round === undefined) throw new Error('it was not copied before it was stopped');
  return round;
}

/** 32 GiB of a guest that writes, with two devices, moved as fast as possible: real time from start to end. */
export async function migration32Gib(): Promise<Measurement> {
  const times: number[] = [];
  for (let run = 0; run < 3; run++)
    times.push((await move(fleetWith(guests[1], 32 * gib, 12_500_000_000), 'balanced')).milliseconds);
  return measured(times, 'ms', 3000);
}

/** How far the downtime is from what was forecast when the guest was stopped, the worst of all guests, percent. */
export async function migrationForecast(): Promise<Measurement> {
  return worstOf(10, async (guest) => {
    const { facts } = await move(fleetWith(guest, 4 * gib, 1_250_000_000), 'balanced');
    const forecast = lastRound(facts).downtimeForecastMilliseconds;
    // The simulated clock counts milliseconds.
    return (Math.max(0, Math.abs((facts.downtimeMilliseconds ?? 0) - forecast) - 1) / forecast) * 100;
  });
}

/** The downtime against the least that is possible: what the last round left over the link. The worst of all guests, percent. */
export async function migrationMinimum(): Promise<Measurement> {
  return worstOf(125, async (guest) => {
    const { facts } = await move(fleetWith(guest, 4 * gib, 1_250_000_000), 'balanced');
    const least = (lastRound(facts).leftBytes / 1_250_000_000) * 1000;
    return ((facts.downtimeMilliseconds ?? 0) / Math.max(1, least)) * 100;
  });
}

/** Memory sent against the best fixed number of rounds: the first after which the budget is kept. The worst, percent. */
export async function migrationBytes(): Promise<Measurement> {
  return worstOf(110, async (guest) => {
    const file = () => fleetWith(guest, 4 * gib, 1_250_000_000);
    const [own, best] = [await move(file(), 'balanced'), await move(file(), 'fastest')];
    return (own.facts.memorySentBytes / best.facts.memorySentBytes) * 100;
  });
}

async function worstOf(atMost: number, measure: (guest: Guest) => Promise<number>): Promise<Measurement> {
  const values: number[] = [];
  for (const guest of guests) values.push(await measure(guest));
  return {
    ...{ value: Math.max(...values), unit: '%', baseline: null, runs: values.length },
    limit: { on: 'value', is: 'at most', value: atMost },
    spread: spreadOf(values),
    notes: [`median ${median(values).toFixed(1)} %, simulated time`],
  };
}
