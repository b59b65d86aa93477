import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { guestFleet } from '#backend/test-support/guest-fleet.ts';
import type { Bridge } from '#shared/ipc/bridge.ts';
import { defaultMigrationOptions } from '#shared/migration/default-options.ts';
import { nothingAgreed } from '#shared/procedure/agreement.ts';
import { launchProgram, temporaryFolder } from '../../launch.ts';
import { request } from '../../pages/fleet.ts';
import type { Measurement } from '../figure.ts';

const count = 50;
/** Bytes of each guest, and of the link that they share: they copy for about ten seconds. */
const memoryBytes = 64 * 2 ** 20;
const linkBytesPerSecond = 320_000_000;
/** Milliseconds of looking at them while they are under way. */
const watched = 12_000;

/** What a page notes while it shows migrations. */
interface Watch {
  /** Milliseconds of each long task, which Chromium tells from 50 ms on. */
  readonly tasks: number[];
  /** Milliseconds of the longest time between two turns of a timer of 4 ms. */
  readonly longestGap: number;
  /** Times of the messages about each run, milliseconds. */
  readonly messages: Record<string, number[]>;
}

let measuring: ReturnType<typeof watchFifty> | null = null;

/** Fifty migrations at once in the real window: milliseconds of the longest task of the page. */
export async function migrations50(): Promise<Measurement> {
  measuring ??= watchFifty();
  const { tasks, underWay, longestGap } = await measuring;
  const longest = Math.max(0, ...tasks);
  return {
    ...{ value: longest, unit: 'ms', baseline: null, runs: 1, spread: 0 },
    limit: { on: 'value', is: 'at most', value: 50 },
    notes: [
      `${underWay} under way at once, ${tasks.length} tasks over 50 ms in ${watched / 1000} s`,
      `longest time between two turns of a timer: ${longestGap.toFixed(0)} ms`,
    ],
  };
}

/** Messages about one migration in a second, the most of all that were under way. */
export async function migrations50Updates(): Promise<Measurement> {
  measuring ??= watchFifty();
  const { messages } = await measuring;
  const rates = Object.values(messages).map(mostInASecond);
  return {
    ...{ value: Math.max(0, ...rates), unit: '/s', baseline: null, runs: rates.length, spread: 0 },
    // A change of its status is told at once and does not count as progress.
    limit: { on: 'value', is: 'at most', value: 10 },
    notes: [
      `${rates.length} migrations, ${rates.reduce((sum, one) => sum + one, 0)} messages in their busiest seconds`,
    ],
  };
}

async function watchFifty() {
  const folder = await temporaryFolder();
  const source = path.join(folder, 'guests.json');
  const file = guestFleet({ guests: { 'hv-a': count, 'hv-b': 0 }, memoryBytes, linkBytesPerSecond });
  await writeFile(source, JSON.stringify(file));
  const program = await launchProgram({ source, size: { width: 1440, height: 900 } });
  try {
    const { page } = program;
    const { placements } = await request(page, 'batch:place', {
      what: { kind: 'evacuate', hostId: 'hv-a' },
      options: { ...defaultMigrationOptions, downtimeBudgetMilliseconds: 2000 },
      chosen: [],
    });
    await page
      .getByRole('navigation', { name: 'Screens' })
      .getByRole('button', { name: /^Migrations/ })
      .click();
    // The beginning of all of them is watched too.
    const watching = watch(page);
    const batch = await request(page, 'batch:begin', {
      ...{ title: 'Fifty', limits: { atOnce: count, perHost: count }, whenOneFails: 'go-on' },
      members: placements.flatMap(({ request: one, warnings }) =>
        one === null
          ? []
          : [{ request: { ...one, acknowledged: warnings.map(({ id }) => id) }, agreed: nothingAgreed }],
      ),
    });
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByRole('table', { name: 'Migrations of this batch' }).waitFor();
    const seen = await watching;
    const { batches } = await request(page, 'batch:list', {});
    const members = batches.find(({ id }) => id === batch.id)?.members ?? [];
    const underWay = members.filter(({ state }) => state === 'running' || state === 'done').length;
    if (underWay < count)
      throw new Error(`${underWay} of ${count} began: ${members.map(({ state }) => state).join(' ')}`);
    return { ...seen, underWay };
  } finally {
    await program.kill();
    await program.close().catch(() => undefined);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Lets the page note its long tasks and what it is told. */
function watch(page: Page): Promise<Watch> {
  return page.evaluate(async (milliseconds) => {
    const { berth } = window as unknown as { berth: Bridge };
    const tasks: number[] = [];
    const messages: Record<string, number[]> = {};
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration);
    });
    observer.observe({ type: 'longtask' });
    const remove = berth.listen('run:changed', (event) => {
      const { id } = event as { id: string };
      const times = messages[id] ?? [];
      times.push(performance.now());
      messages[id] = times;
    });
    let last = performance.now();
    let longestGap = 0;
    const timer = setInterval(() => {
      const now = performance.now();
      longestGap = Math.max(longestGap, now - last);
      last = now;
    }, 4);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    clearInterval(timer);
    remove();
    observer.disconnect();
    return { tasks, longestGap, messages };
  }, watched);
}

/** The most of these times that lie within one second. */
function mostInASecond(times: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [index, time] of times.entries()) {
    while (time - (times[first] ?? time) >= 1000) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
