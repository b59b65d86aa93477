import { describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { findSecondary } from '#shared/fleet/selectors.ts';
import { fleetFileSchema } from '#shared/fleet-file/schema.ts';
import { checkCompatibility } from '#shared/migration/checks/compatibility.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import { siovFunctionAddress, siovPair } from '../hosts/simulated/built-in/siov-pair.ts';
import { type MigrationWorld, openMigrationWorld } from '../test-support/migration-world.ts';

const there = 'hv-b/0000:91:00.0';
const sourceId = 'hv-a/0000:91:00.0/256';
const destinationId = `${there}/512`;
async function openWorld(): Promise<MigrationWorld> {
  const machine = { name: 'guest', vcpus: 2, memoryBytes: 1 << 24, devices: [siovFunctionAddress] };
  return openMigrationWorld(
    fleetFileSchema.parse({
      format: 'berth-fleet',
      version: 1,
      name: 'siov',
      hosts: [{ name: 'hv-a', virtualMachines: [machine] }, { name: 'hv-b' }],
      subsystems: [siovPair('hv-a', 'hv-b')],
    }),
  );
}

const requestOf = ({ requestFor }: MigrationWorld) => requestFor({ virtualMachineId: 'hv-a:guest' });

const errors = (fleet: Fleet, request: MigrationRequest) =>
  checkCompatibility(fleet, request)
    .checks.filter((check) => check.verdict === 'error')
    .map((check) => `${check.title}: ${check.evidence}`);

describe('a guest with a provisioned function', () => {
  it('moves to a host where the migration provisions one, with proof, and leaves nothing visible behind', async () => {
    const world = await openWorld();
    const before = world.writer.fleet;
    expect(findSecondary(before, sourceId)).toMatchObject({
      functionKind: 'siov',
      vfn: 0,
      pciAddress: null,
      assignableDevice: siovFunctionAddress,
      driver: 'vfio-siov',
      vfioState: 'RUNNING',
      virtualMachineId: 'hv-a:guest',
    });
    const request = requestOf(world);
    expect(request.devices).toMatchObject([
      { sourceId, destinationId, namespaces: [{ source: 1, destination: 1 }] },
    ]);
    expect(errors(before, request)).toEqual([]);
    const answers = await world.guest(before, sourceId);
    const ended = await world.run({ kind: 'migrate', request });
    expect(ended.steps.map((step) => step.error?.message).filter(Boolean)).toEqual([]);
    expect(ended.status).toBe('done');
    const kinds = ended.plan.steps.map(({ step }) => step.kind);
    expect(kinds[0]).toBe('function-provision');
    expect(kinds.indexOf('function-set-migration')).toBeGreaterThan(kinds.indexOf('virtual-subsystem-add'));
    expect(kinds.indexOf('function-set-visible')).toBe(kinds.indexOf('function-set-migration') + 1);
    expect(ended.migration?.proof.length).toBeGreaterThan(5);
    expect(ended.migration?.proof.filter(({ equal }) => !equal)).toEqual([]);
    expect(ended.migration?.devices[0]?.stateBytes).toBeGreaterThan(96);
    const after = world.writer.fleet;
    expect(findSecondary(after, destinationId)).toMatchObject({
      virtualMachineId: 'hv-b:guest',
      virtualControllerId: 20,
      visible: true,
      migrationEnabled: true,
      online: true,
    });
    expect(await world.guest(after, destinationId)).toEqual(answers);
    expect(findSecondary(after, sourceId)).toMatchObject({
      visible: false,
      assignableDevice: null,
      online: false,
      virtualSubsystemId: null,
    });
    const gone = await world.run({ kind: 'deprovision', secondaryIds: [sourceId] });
    expect(gone.status).toBe('done');
    expect(findSecondary(world.writer.fleet, sourceId)).toBeUndefined();
  });

  it('goes back to where it was when the migration fails, and the new function is gone', async () => {
    const world = await openWorld();
    const before = world.writer.fleet;
    world.listeners.add(({ steps, plan }) => {
      const index = plan.steps.findIndex(({ step }) => step.kind === 'vfio-transfer-state');
      if (steps[index]?.status === 'running') world.faults.armed = true;
    });
    const ended = await world.run({ kind: 'migrate', request: requestOf(world) });
    expect(ended.status).toBe('rolled-back');
    expect(world.faults.hits).toBe(1);
    expect(findSecondary(world.writer.fleet, destinationId)).toBeUndefined();
    expect(findSecondary(world.writer.fleet, sourceId)).toEqual(findSecondary(before, sourceId));
  });

  it('may move to a function without live migration: it is hidden, enabled and shown again', async () => {
    const world = await openWorld();
    const provisioned = await world.run({
      kind: 'provision',
      functions: { kind: 'new', primaryId: there, count: 1 },
      into: { kind: 'none' },
      attach: [],
      enableMigration: false,
      visible: true,
      virtualMachineId: null,
    });
    expect(provisioned.status).toBe('done');
    const function512 = findSecondary(world.writer.fleet, destinationId);
    expect(function512).toMatchObject({ visible: true, migrationEnabled: false, vfioState: null });
    // As a destination it will do: the migration hides it, enables live migration, and shows it again.
    const request = requestOf(world);
    expect(request.devices[0]?.destinationId).toBe(destinationId);
    expect(errors(world.writer.fleet, request)).toEqual([]);
    expect((await world.run({ kind: 'migrate', request })).status).toBe('done');
    expect(provisioned.plan.consequences.join()).toContain('cannot migrate');
    const undone = await world.runner.undo(provisioned.id);
    expect(undone).toMatchObject({ ok: false });
  });
});
