import { describe, expect, it } from 'vitest';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { defaultPreCopyOptions } from '#shared/migration/pre-copy/options.ts';
import type { MigrationRehearsal } from '#shared/migration/rehearsal/rehearsal-result.ts';
import { migrationRehearsalSchema } from '#shared/migration/rehearsal/rehearsal-result.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import { busyFleet } from '../kill-test/testing/small-fleet.ts';
import { requestFor } from '../test-support/migration-request.ts';
import { openLivingHosts } from './living-hosts.ts';
import { type RehearsalOrder, rehearsedRun, rehearseMigration } from './rehearse-migration.ts';

async function orderFor(file: FleetFile, options: Partial<MigrationRequest['options']> = {}) {
  const fleet = await openLivingHosts(file).truth();
  const request = requestFor(fleet, {
    virtualMachineId: 'hv-a:db-primary',
    options: { preCopy: defaultPreCopyOptions, downtimeBudgetMilliseconds: 300, ...options },
  });
  return { file, request, planDigest: null, faults: [], steps: null, at: 1 } satisfies RehearsalOrder;
}

const quiet = { signal: new AbortController().signal, onRehearsed: (_: MigrationRehearsal) => undefined };

async function rehearsed(order: RehearsalOrder, how = quiet): Promise<MigrationRehearsal> {
  const result = await rehearseMigration(order, how);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe('rehearseMigration', () => {
  it('runs a plan with each fault at each step, and says where the guest was', async () => {
    const order = await orderFor(busyFleet());
    const seen: number[] = [];
    const result = await rehearsed(
      { ...order, faults: ['refused-always', 'link-down', 'destination-host-lost'], steps: [0, 20, 21] },
      { ...quiet, onRehearsed: ({ cells }) => void seen.push(cells.length) },
    );
    expect(migrationRehearsalSchema.parse(result)).toEqual(result);
    expect(result.undisturbed).toMatchObject({ passed: true, guest: 'moved' });
    expect(result.cells).toHaveLength(result.wanted);
    expect(seen).toEqual(Array.from({ length: result.wanted + 1 }, (_, index) => index));
    expect(result.cells.every(({ passed }) => passed)).toBe(true);
    expect(new Set(result.cells.map(({ guest }) => guest)).has('at-source')).toBe(true);
  });

  it('answers the same each time, and opens the run of a cell', async () => {
    const order = {
      ...(await orderFor(busyFleet())),
      faults: ['killed-after-journal' as const],
      steps: [30],
    };
    const first = await rehearsed(order);
    expect(await rehearsed(order)).toEqual(first);
    const run = await rehearsedRun(order, { step: 30, fault: 'killed-after-journal' });
    expect(run).toMatchObject({ ok: true, value: { status: 'done' } });
    expect(run.ok && run.value.run?.recoveries).toHaveLength(1);
  });

  it('goes on at once where a plan waits for a person', async () => {
    const preCopy = { ...defaultPreCopyOptions, holdBeforeSwitchOver: true };
    const order = await orderFor(busyFleet(), { preCopy });
    expect((await rehearsed(order)).undisturbed).toMatchObject({ passed: true, guest: 'moved' });
  });

  it('stops between two cells', async () => {
    const stop = new AbortController();
    const order = { ...(await orderFor(busyFleet())), faults: ['link-down' as const] };
    const result = await rehearsed(order, {
      signal: stop.signal,
      onRehearsed: ({ cells }) => {
        if (cells.length === 2) stop.abort();
        return undefined;
      },
    });
    expect(result.cells).toHaveLength(2);
    expect(result.wanted).toBeGreaterThan(2);
  });

  it('refuses another plan than the one that was reviewed', async () => {
    const order = { ...(await orderFor(busyFleet())), planDigest: 'f'.repeat(64) };
    expect(await rehearseMigration(order, quiet)).toMatchObject({ ok: false, error: { code: 'conflict' } });
  });

  it('says why a plan does not even run without a fault', async () => {
    const file = busyFleet();
    const fleet = await openLivingHosts(file).truth();
    const request = requestFor(fleet, { virtualMachineId: 'hv-a:db-primary' });
    const without = { ...file, hosts: file.hosts.map((host) => ({ ...host, iommu: '' })) };
    const order = { file: without, request, planDigest: null, faults: [], steps: null, at: 1 };
    const result = await rehearseMigration(order, quiet);
    expect(result).toMatchObject({ ok: false });
  });
});
