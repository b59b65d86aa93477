import { describe, expect, it } from 'vitest';
import type { Fleet } from '../fleet/schema.ts';
import { migrationFleet, migrationRequest } from '../test-support/migration-fleet.ts';
import { forecastMigration } from './forecast.ts';
import { defaultPreCopyOptions } from './pre-copy/options.ts';
import type { MigrationRequest } from './request.ts';
import { stunTable } from './stun-table.ts';

const gigabit = 1e9 / 8;

function linked(gigabitsPerSecond: number, dirtyBytesPerSecond: number | null = null): Fleet {
  const fleet = migrationFleet();
  for (const host of Object.values(fleet.hosts)) host.linkBytesPerSecond = gigabitsPerSecond * gigabit;
  for (const machine of Object.values(fleet.virtualMachines))
    machine.dirtyBytesPerSecond = dirtyBytesPerSecond;
  for (const controller of Object.values(fleet.controllers))
    if (controller.role === 'secondary')
      controller.vfioOffer = { flags: { p2p: true, preCopy: true, dmaLogging: true }, reason: 'asked' };
  return fleet;
}

function asked(fleet: Fleet, options: Partial<MigrationRequest['options']> = {}): MigrationRequest {
  const request = migrationRequest(fleet);
  return { ...request, options: { ...request.options, ...options } };
}

const own = (columns: ReturnType<typeof stunTable>) => columns.filter(({ isThisLink }) => isThisLink);

describe('stunTable', () => {
  it('marks the column of the link that is there, with its forecast', () => {
    const fleet = linked(25);
    const columns = stunTable(fleet, asked(fleet));
    expect(columns.map(({ gigabitsPerSecond }) => gigabitsPerSecond)).toEqual([10, 25, 40, 100, 200]);
    const { phases, downtimeMilliseconds } = forecastMigration(fleet, asked(fleet));
    expect(own(columns)).toMatchObject([
      { gigabitsPerSecond: 25, terms: phases, totalMilliseconds: downtimeMilliseconds },
    ]);
  });

  it('has a column more for a link of another speed, in its place', () => {
    const fleet = linked(32);
    const columns = stunTable(fleet, asked(fleet));
    expect(columns.map(({ gigabitsPerSecond }) => gigabitsPerSecond)).toEqual([10, 25, 32, 40, 100, 200]);
    expect(own(columns)).toHaveLength(1);
  });

  it('takes a link that is measured a little slower for the one that it is called by', () => {
    const fleet = linked(24.8);
    const [column] = own(stunTable(fleet, asked(fleet)));
    expect(column?.gigabitsPerSecond).toBe(25);
    expect(column?.totalMilliseconds).toBe(forecastMigration(fleet, asked(fleet)).downtimeMilliseconds);
  });

  it('marks none where the link is not known, and is empty where the hosts are not', () => {
    const fleet = linked(0);
    expect(own(stunTable(fleet, asked(fleet)))).toEqual([]);
    expect(stunTable(fleet, asked(fleet))).toHaveLength(5);
    expect(stunTable(fleet, { ...asked(fleet), destinationHostId: 'gone' })).toEqual([]);
  });

  it('gets shorter with a faster link, and says what fits the budget', () => {
    const fleet = linked(25);
    const columns = stunTable(fleet, asked(fleet, { downtimeBudgetMilliseconds: 200 }));
    const totals = columns.map(({ totalMilliseconds }) => totalMilliseconds);
    expect(totals).toEqual([...totals].sort((a, b) => b - a));
    expect(new Set(totals).size).toBe(5);
    // 1 GiB takes 859 ms at 10 Gb/s and 86 ms at 100 Gb/s.
    expect(columns.map(({ isWithinBudget }) => isWithinBudget)).toEqual([false, false, false, true, true]);
  });

  it('sends only what the last round leaves where the guest goes on meanwhile, at the dirty rate that was measured', () => {
    const fleet = linked(25, 10_000_000);
    const request = asked(fleet, { preCopy: defaultPreCopyOptions, downtimeBudgetMilliseconds: 300 });
    const memory = (columns: ReturnType<typeof stunTable>) =>
      own(columns)[0]?.terms.find(({ phase }) => phase === 'memory')?.milliseconds ?? Number.NaN;
    const quiet = memory(stunTable(fleet, request));
    expect(quiet).toBeLessThan(memory(stunTable(fleet, asked(fleet))) / 10);
    const measured = { dirtyBytesPerSecond: 100_000_000, commandMilliseconds: 0.1 };
    expect(memory(stunTable(fleet, request, measured))).toBeGreaterThan(quiet);
    const [column] = own(stunTable(fleet, request, measured));
    expect(column?.terms[0]?.milliseconds).toBeCloseTo(0.2, 9);
  });
});
