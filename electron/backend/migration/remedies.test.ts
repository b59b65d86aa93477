import { describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { checkCompatibility } from '#shared/migration/checks/compatibility.ts';
import { destinationOptions } from '#shared/migration/destination-options.ts';
import { proposeMapping } from '#shared/migration/mapping.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { findRemedies } from '#shared/procedure/remedies/find-remedies.ts';
import { pathToAble } from '#shared/procedure/remedies/path-to-able.ts';
import { createProcedureHandlers } from '../handlers/procedure-handlers.ts';
import { twoHosts } from '../hosts/simulated/built-in/two-hosts.ts';
import { zoo } from '../hosts/simulated/built-in/zoo.ts';
import { type MigrationWorld, openMigrationWorld } from '../test-support/migration-world.ts';
import { sendTo, startReviewed } from '../test-support/start-reviewed.ts';

/** Runs a change as a person does, to its end. */
async function apply(world: MigrationWorld, intent: Intent): Promise<void> {
  const started = await startReviewed(sendTo(createProcedureHandlers(world)), intent);
  if (!started.ok) throw new Error(`${started.error.message} ${started.error.details?.join(' ') ?? ''}`);
  const run = await world.runner.finished(started.value.id);
  expect(run?.status).toBe('done');
}

const failedOf = (fleet: Fleet, request: MigrationRequest) =>
  checkCompatibility(fleet, request).checks.filter(({ verdict }) => verdict !== 'passed');

/** Makes the fleet unfit, then applies the first remedy of every failed check on a fleet of its own and asks again. */
async function proveRemedies(
  file: () => FleetFile,
  spoil: (world: MigrationWorld) => Promise<unknown>,
  only: RegExp,
): Promise<string[]> {
  const applied: string[] = [];
  const first = await openMigrationWorld(file());
  const request = first.requestFor();
  await spoil(first);
  const offers = findRemedies(first.writer.fleet, request).filter(({ checkId }) => only.test(checkId));
  for (const { checkId, remedies } of offers)
    for (const remedy of remedies) {
      const world = await openMigrationWorld(file());
      await spoil(world);
      if (remedy.kind === 'change') await apply(world, remedy.intent);
      const { fleet } = world.writer;
      const devices =
        remedy.kind === 'request'
          ? (remedy.devices ?? request.devices)
          : remedy.thenPropose
            ? proposeMapping(fleet, request.virtualMachineId, request.destinationHostId).devices
            : request.devices;
      const options = remedy.kind === 'request' ? (remedy.options ?? request.options) : request.options;
      const after = failedOf(fleet, { ...request, devices, options });
      expect(
        after.map(({ id }) => id),
        remedy.words,
      ).not.toContain(checkId);
      applied.push(`${checkId.split(':')[0]}: ${remedy.words}`);
    }
  return applied;
}

const primaryId = 'hv-b/0000:01:00.0';

/** No virtual function is left at the destination. */
async function withoutFunctions(world: MigrationWorld): Promise<void> {
  await apply(world, { kind: 'assign', secondaryIds: [`${primaryId}/71`], target: { kind: 'pool' } });
  await apply(world, { kind: 'set-vf-count', primaryIds: [primaryId], count: 0 });
}

describe('a remedy that is applied makes its check pass on simulated hosts', () => {
  it('too few virtual functions', async () => {
    const applied = await proveRemedies(() => twoHosts.build(), withoutFunctions, /^resources\./);
    expect(applied).toContainEqual(
      expect.stringMatching(/^resources\.exists: Set the VF count of hv-b\/nvme0/),
    );
  }, 30_000);

  it('the destination was taken by somebody else, or the pool is empty', async () => {
    const applied = await proveRemedies(
      () => twoHosts.build(),
      async (world) => {
        const [device] = world.requestFor().devices;
        await apply(world, {
          kind: 'assign',
          secondaryIds: [device?.destinationId ?? ''],
          target: {
            kind: 'virtual-subsystem',
            virtualSubsystemId: `${primaryId}|nqn.2026-11.io.berth:build`,
          },
        });
        const free = Object.values(world.writer.fleet.controllers).flatMap((one) =>
          one.role === 'secondary' &&
          one.primaryId === primaryId &&
          one.pciAddress !== null &&
          one.virtualSubsystemId === null &&
          !world.requestFor().devices.some(({ destinationId }) => destinationId === one.id)
            ? [one.id]
            : [],
        );
        await apply(world, { kind: 'set-resources', secondaryIds: free.slice(0, 3), vq: 14, vi: 4 });
      },
      /^resources\./,
    );
    expect(applied).toContainEqual(expect.stringMatching(/^resources\.free: Map the devices/));
    expect(applied).toContainEqual(expect.stringMatching(/^resources\.free: Take VF/));
    expect(applied).toContainEqual(expect.stringMatching(/^resources\.vq-pool: /));
  }, 30_000);
});

describe('which hosts could take it', () => {
  it('a host without virtual functions becomes able by the path', async () => {
    const world = await openMigrationWorld();
    await withoutFunctions(world);
    const machine = 'hv-a:db-primary';
    const optionOf = (fleet: Fleet) =>
      destinationOptions(fleet, machine).find(({ hostId }) => hostId === 'hv-b');
    expect(optionOf(world.writer.fleet)?.eligible).toBe(false);
    const path = pathToAble(world.writer.fleet, machine, 'hv-b');
    expect(path).toMatchObject({ able: true, remaining: [], remedies: [{ kind: 'change' }] });
    for (const remedy of path.remedies) if (remedy.kind === 'change') await apply(world, remedy.intent);
    expect(optionOf(world.writer.fleet)).toMatchObject({ eligible: true, reasons: [] });
  });

  it.each([
    ['two-hosts', twoHosts],
    ['zoo', zoo],
  ])('%s: a path that is said to lead there does, and another says what remains', async (_, builtIn) => {
    const { writer } = await openMigrationWorld(builtIn.build());
    let paths = 0;
    for (const machine of Object.values(writer.fleet.virtualMachines))
      for (const { hostId, eligible } of destinationOptions(writer.fleet, machine.id)) {
        if (hostId === machine.hostId) continue;
        const path = pathToAble(writer.fleet, machine.id, hostId);
        paths += 1;
        if (eligible) expect(path).toEqual({ remedies: [], able: true, remaining: [] });
        else expect(path.remedies.length > 0 || path.remaining.length > 0).toBe(true);
        if (path.remedies.length === 0 || !path.able) continue;
        const world = await openMigrationWorld(builtIn.build());
        for (const remedy of path.remedies) if (remedy.kind === 'change') await apply(world, remedy.intent);
        const now = destinationOptions(world.writer.fleet, machine.id).find((one) => one.hostId === hostId);
        expect(now?.reasons).toEqual([]);
      }
    expect(paths).toBeGreaterThan(0);
  });
});
