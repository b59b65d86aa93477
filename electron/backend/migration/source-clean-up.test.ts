import { describe, expect, it } from 'vitest';
import { findSecondary } from '#shared/fleet/selectors.ts';
import type { Step } from '#shared/procedure/step.ts';
import { deletionsOf, releasesOf } from '#shared/virtual-subsystem/life-cycle/journal.ts';
import { migrationRemains } from '#shared/virtual-subsystem/life-cycle/remains.ts';
import { type MigrationWorld, openMigrationWorld } from '../test-support/migration-world.ts';

const machine = 'hv-a:db-primary';
const runsOf = (world: MigrationWorld) => world.store.runs(100).map((stored) => stored.run);
const remains = (world: MigrationWorld) => migrationRemains(world.writer.fleet, runsOf(world));

/** Strikes the first command of the first clean-up step of this kind. */
function breakStep(world: MigrationWorld, kind: Step['kind']): void {
  let called = false;
  world.listeners.add(({ plan, steps }) => {
    const index = plan.steps.findIndex(({ step, phase }) => phase === 'Clean up' && step.kind === kind);
    if (called || steps[index]?.status !== 'running') return;
    called = true;
    queueMicrotask(() => {
      world.faults.armed = true;
    });
  });
}

const scrubbed = {
  ...{ online: false, nvq: 0, nvi: 0, driver: null, virtualSubsystemId: null, virtualMachineId: null },
  attachedNamespaces: [],
};

describe('the source of a migration', () => {
  it('is left clean, and the journal says what can be used again since when', async () => {
    const world = await openMigrationWorld();
    const sources = [...(world.writer.fleet.virtualMachines[machine]?.deviceIds ?? [])];
    const moved = await world.migrate();
    expect(moved.status).toBe('done');
    expect(remains(world)).toEqual([]);
    const releases = releasesOf(runsOf(world));
    for (const id of sources) {
      expect(findSecondary(world.writer.fleet, id)).toMatchObject(scrubbed);
      expect(releases.get(id)).toMatchObject({
        ...{ secondaryId: id, virtualMachineName: 'db-primary', wasReset: true, runId: moved.id },
      });
    }
    expect(deletionsOf(runsOf(world))).toMatchObject([{ hostId: 'hv-a', by: moved.plan.title }]);
    // The reset came after the identity had gone, for each of them.
    const order = moved.plan.steps.map(({ step }) => step);
    for (const id of sources) {
      const left = order.findIndex(
        (step) => step.kind === 'virtual-subsystem-remove' && step.secondaryId === id,
      );
      const reset = order.findLastIndex(
        (step) => step.kind === 'function-level-reset' && step.controllerId === id,
      );
      expect(left).toBeGreaterThan(0);
      expect(reset).toBeGreaterThan(left);
    }

    // Used again: no longer what the migration gave back.
    const primaryId = findSecondary(world.writer.fleet, sources[0] ?? '')?.primaryId ?? '';
    await world.run({
      ...{
        kind: 'create-virtual-subsystem',
        primaryId,
        nqn: 'nqn.2026-11.io.berth:next',
        primaryVirtualId: 1,
      },
      identity: { serialNumber: 'N', modelNumber: 'M', firmwareRevision: '1' },
      members: [{ secondaryId: sources[0] ?? '', virtualControllerId: 30 }],
    });
    expect([...releasesOf(runsOf(world)).keys()]).toEqual(sources.slice(1));
  });

  it('keeps its resources and namespaces where that was asked for, and that is no remains', async () => {
    const world = await openMigrationWorld();
    const sources = [...(world.writer.fleet.virtualMachines[machine]?.deviceIds ?? [])];
    expect((await world.migrate({ releaseSource: false })).status).toBe('done');
    expect(remains(world)).toEqual([]);
    for (const id of sources)
      expect(findSecondary(world.writer.fleet, id)).toMatchObject({ virtualSubsystemId: null, online: true });
  });

  const kinds = [
    'vm-destroy',
    'set-driver',
    'virtual-subsystem-remove',
    'virtual-subsystem-delete',
    'function-level-reset',
    'detach-namespace',
    'secondary-offline',
  ] as const;
  it.each(kinds)('is cleaned up by one procedure after %s failed', async (kind) => {
    const world = await openMigrationWorld();
    const sources = [...(world.writer.fleet.virtualMachines[machine]?.deviceIds ?? [])];
    const subsystemId = findSecondary(world.writer.fleet, sources[0] ?? '')?.virtualSubsystemId;
    expect(subsystemId).toMatch(/^hv-a/);
    breakStep(world, kind);
    const moved = await world.migrate();
    expect(moved.status).toBe('failed');
    const [left, ...others] = remains(world);
    expect(others).toEqual([]);
    expect(left?.what.length).toBeGreaterThan(0);
    expect(left).toMatchObject({ runId: moved.id, virtualMachineName: 'db-primary' });
    if (left === undefined) return;
    expect((await world.run(left.cleanUp)).status).toBe('done');
    const end = await world.writer.reread(['hv-a', 'hv-b']);
    for (const id of sources) expect(findSecondary(end, id)).toMatchObject(scrubbed);
    expect(remains(world)).toEqual([]);
    expect(end.virtualMachines[machine]).toBeUndefined();
    expect(end.virtualMachines['hv-b:db-primary']?.state).toBe('running');
    expect(Object.keys(end.virtualSubsystems)).not.toContain(subsystemId);
  });

  it('is never cleaned up while a guest uses it', async () => {
    const world = await openMigrationWorld();
    const sources = [...(world.writer.fleet.virtualMachines[machine]?.deviceIds ?? [])];
    const refused = world.runner.propose({
      kind: 'intent',
      intent: {
        ...{ kind: 'clean-up-source', secondaryIds: sources, virtualMachineId: machine },
        ...{ virtualSubsystemIds: [], detachNamespaces: true, release: true },
      },
    });
    expect(refused).toMatchObject({ ok: false, error: { code: 'refused' } });
    expect(refused.ok ? '' : refused.error.details?.join()).toContain('db-primary is running with VF');
  });
});
