import { describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { defaultMigrationOptions } from '#shared/migration/default-options.ts';
import { proposeMapping } from '#shared/migration/mapping.ts';
import { defaultPreCopyOptions } from '#shared/migration/pre-copy/options.ts';
import type { MigrationRehearsal } from '#shared/migration/rehearsal/rehearsal-result.ts';
import { migrationRehearsalSchema } from '#shared/migration/rehearsal/rehearsal-result.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import { planMigration } from '#shared/procedure/plan/migrate/migrate.ts';
import { zoo } from '../hosts/simulated/built-in/zoo.ts';
import { busyFleet } from '../kill-test/testing/small-fleet.ts';
import { planDigest } from '../procedures/plan-digest.ts';
import { requestFor } from '../test-support/migration-request.ts';
import { withBothHosts } from './both-hosts.ts';
import { openLivingHosts } from './living-hosts.ts';
import { type RehearsalOrder, rehearsedRun, rehearseMigration } from './rehearse-migration.ts';

function digestFor(fleet: Fleet, request: MigrationRequest): string {
  const plan = planMigration(fleet, request);
  if (!plan.ok) throw new Error(plan.error.message);
  return planDigest(plan.value);
}

async function orderFor(file: FleetFile, options: Partial<MigrationRequest['options']> = {}) {
  const fleet = await openLivingHosts(file).truth();
  const request = requestFor(fleet, {
    virtualMachineId: 'hv-a:db-primary',
    options: { preCopy: defaultPreCopyOptions, downtimeBudgetMilliseconds: 300, ...options },
  });
  const digest = digestFor(fleet, request);
  return { file, request, planDigest: digest, faults: [], steps: null, at: 1 } satisfies RehearsalOrder;
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
    const digest = digestFor(fleet, request);
    const order = { file: without, request, planDigest: digest, faults: [], steps: null, at: 1 };
    const result = await rehearseMigration(order, quiet);
    expect(result).toMatchObject({ ok: false });
  });

  it('leaves out hosts and drives that have nothing to do with it', async () => {
    const file = busyFleet();
    const [host] = file.hosts;
    const [drive] = file.subsystems;
    if (host === undefined || drive === undefined) throw new Error('the fleet has changed');
    const third = { ...host, name: 'hv-c', virtualMachines: [] };
    const controllers = drive.controllers.slice(0, 1).map((one) => ({ ...one, host: 'hv-c' }));
    const other = { ...drive, nqn: 'nqn.2026-11.io.berth:other', controllers, namespaces: [] };
    const larger = { ...file, hosts: [...file.hosts, third], subsystems: [...file.subsystems, other] };
    const part = await withBothHosts(larger, ['hv-a', 'hv-b']);
    expect(part.hosts.map(({ name }) => name)).toEqual(['hv-a', 'hv-b']);
    expect(part.subsystems.map(({ nqn }) => nqn)).not.toContain(other.nqn);
    expect(await withBothHosts(file, ['hv-a', 'hv-b'])).toBe(file);
    // Its drives are reached by both: the other host stays, without its guests.
    const alone = await withBothHosts(larger, ['hv-a']);
    expect(alone.hosts.map(({ virtualMachines }) => virtualMachines.length > 0)).toEqual([true, false]);
  });

  it('knows a guest again that has another controller identifier at its destination', async () => {
    const file = zoo.build();
    const fleet = await openLivingHosts(file).truth();
    const virtualMachineId = 'zoo-a:december';
    const { devices } = proposeMapping(fleet, virtualMachineId, 'zoo-b');
    const request: MigrationRequest = {
      ...{ virtualMachineId, destinationHostId: 'zoo-b', devices, acknowledged: [] },
      options: defaultMigrationOptions,
    };
    const order = { file, request, planDigest: digestFor(fleet, request), faults: [], steps: null, at: 1 };
    expect((await rehearsed(order)).undisturbed).toEqual({
      ...{ passed: true, guest: 'moved', downtimeMilliseconds: expect.any(Number) },
    });
  });
});
