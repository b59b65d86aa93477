import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { type Lab, openLab } from '../test-support/procedure-lab.ts';

/** Everything that a person could ask for on this fleet, sensible or not. */
function intents(fleet: Fleet): fc.Arbitrary<Intent> {
  const controllers = Object.values(fleet.controllers);
  const of = (role: string) => controllers.filter((one) => one.role === role).map((one) => one.id);
  const busy = controllers.filter((one) => one.role === 'secondary' && one.online).map((one) => one.id);
  const secondary = fc.oneof(fc.constantFrom(...of('secondary')), fc.constantFrom(...busy));
  const secondaryIds = fc.uniqueArray(secondary, { minLength: 1, maxLength: 3 });
  const primary = fc.constantFrom(...of('primary'));
  const nsids = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 4 });
  const target = fc.oneof(
    fc.constant({ kind: 'pool' as const }),
    fc
      .constantFrom(...Object.keys(fleet.virtualSubsystems))
      .map((id) => ({ kind: 'virtual-subsystem' as const, virtualSubsystemId: id })),
    fc
      .constantFrom(...Object.keys(fleet.virtualMachines))
      .map((id) => ({ kind: 'virtual-machine' as const, virtualMachineId: id })),
  );
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('assign' as const),
        secondaryIds,
        target,
      }),
    },
    fc.record({
      kind: fc.constant('set-resources' as const),
      secondaryIds,
      vq: fc.integer({ min: 0, max: 18 }),
      vi: fc.integer({ min: 0, max: 10 }),
    }),
    fc.record({ kind: fc.constant('set-online' as const), secondaryIds, online: fc.boolean() }),
    fc.record({
      kind: fc.constant('set-vf-count' as const),
      primaryIds: fc.uniqueArray(primary, { minLength: 1, maxLength: 2 }),
      count: fc.integer({ min: 0, max: 70 }),
    }),
    fc.record({
      kind: fc.constant('allocate-to-primary' as const),
      primaryIds: fc.uniqueArray(primary, { minLength: 1, maxLength: 2 }),
      vq: fc.integer({ min: 0, max: 140 }),
      vi: fc.integer({ min: 0, max: 140 }),
    }),
    fc.record({
      kind: fc.constant('set-namespaces' as const),
      controllerIds: secondaryIds,
      attach: nsids,
      detach: nsids,
    }),
    fc.record({
      kind: fc.constant('create-virtual-subsystem' as const),
      primaryId: primary,
      nqn: fc.constantFrom(
        'my_v_nqn_1',
        'nqn.2026-11.io.berth:my_v_nqn_1',
        'nqn.2026-11.io.berth:other',
        'x',
      ),
      primaryVirtualId: fc.integer({ min: 0, max: 0xffff }),
      identity: fc.record({
        serialNumber: fc.constantFrom('', 'BERTH-V9'),
        modelNumber: fc.constantFrom('', 'Berth Virtual NVMe'),
        firmwareRevision: fc.constantFrom('', '1.0'),
      }),
    }),
    fc
      .constantFrom(...Object.keys(fleet.virtualSubsystems))
      .map((id) => ({ kind: 'delete-virtual-subsystem' as const, virtualSubsystemIds: [id] })),
    secondary.map((secondaryId) => ({
      kind: 'remove-from-virtual-subsystem' as const,
      secondaryIds: [secondaryId],
    })),
    fc.record({
      kind: fc.constant('set-driver' as const),
      controllerIds: secondaryIds,
      driver: fc.constantFrom('nvme' as const, 'vfio-pci' as const, null),
    }),
  );
}

/** Without the order in which a hypervisor lists the devices of a machine, which detaching and attaching changes. */
function comparable(fleet: Fleet): unknown {
  const machines = Object.values(fleet.virtualMachines).map((machine) => ({
    ...machine,
    deviceIds: [...machine.deviceIds].sort(),
  }));
  return { ...fleet, virtualMachines: machines };
}

describe('plan, run, undo on a simulated fleet', () => {
  it('does what was planned, and undoing it gives the fleet back as it was', {
    timeout: 60_000,
  }, async () => {
    // One fleet for all, because each case ends where it began; what cannot be undone gets a new one.
    let lab: Lab = await openLab();
    const { fleet } = lab.writer;
    let ran = 0;
    let refused = 0;
    const check = async (wanted: Intent): Promise<void> => {
      const start = comparable(await lab.rediscovered());
      expect(comparable(lab.writer.fleet)).toEqual(start);
      const planned = lab.runner.propose({ kind: 'intent', intent: wanted });
      if (!planned.ok) {
        refused += 1;
        expect(planned.error.code).toBe('refused');
        expect(planned.error.details?.length).toBeGreaterThan(0);
        return;
      }
      ran += 1;
      const run = await lab.run(wanted);
      expect([run.status, run.error, run.leftovers]).toEqual(['done', null, []]);
      expect(comparable(lab.writer.fleet)).toEqual(comparable(await lab.rediscovered()));
      if (run.undoable) {
        const undone = await lab.undo();
        expect([undone.status, undone.error, undone.leftovers]).toEqual(['done', null, []]);
        expect(comparable(await lab.rediscovered())).toEqual(start);
        expect(comparable(lab.writer.fleet)).toEqual(start);
        expect(lab.runner.find(run.id)?.undoneBy).toBe(undone.id);
      }
      expect(lab.log.lines).toEqual([]);
      if (!run.undoable) lab = await openLab();
    };
    const checkOnCleanFleet = async (wanted: Intent): Promise<void> => {
      try {
        await check(wanted);
      } catch (cause) {
        lab = await openLab();
        throw cause;
      }
    };
    await fc.assert(fc.asyncProperty(intents(fleet), checkOnCleanFleet), {
      numRuns: numRuns(90, 1500),
      seed: 20261123,
    });
    // A test that refuses everything would prove nothing.
    expect(ran).toBeGreaterThan(15);
    expect(refused).toBeGreaterThan(5);
  });
});
