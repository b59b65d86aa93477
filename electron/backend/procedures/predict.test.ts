import { describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { isInPool } from '#shared/fleet/selectors.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { definitionOf } from '#shared/procedure/step.ts';
import { openLab } from '../test-support/procedure-lab.ts';

/** What planners rely on; addresses and names are the kernel's to give, identities are read later. */
function essence(fleet: Fleet) {
  const controllers = Object.values(fleet.controllers).map((one) => {
    const { id, driver, attachedNamespaces } = one;
    if (one.role === 'primary') {
      const { numVfs, driversAutoprobe, vq, vi } = one;
      return { id, driver, attachedNamespaces, numVfs, driversAutoprobe, vq, vi };
    }
    if (one.role === 'plain') return { id, driver, attachedNamespaces };
    const { online, nvq, nvi, virtualSubsystemId, virtualControllerId, virtualMachineId } = one;
    const places = { virtualSubsystemId, virtualControllerId, virtualMachineId };
    return { id, driver, attachedNamespaces, online, nvq, nvi, ...places };
  });
  const members = Object.fromEntries(
    Object.values(fleet.virtualSubsystems).map((subsystem) => [subsystem.id, subsystem.members]),
  );
  const attached = Object.values(fleet.namespaces).map(({ id, attachedTo }) => ({ id, attachedTo }));
  return { controllers, members, attached, machines: Object.keys(fleet.virtualMachines) };
}

describe('predictions of the planner', () => {
  it('come true on the device, step by step', async () => {
    const lab = await openLab();
    const primaryId = 'hv-a/0000:41:00.0';
    const [first = '', second = ''] = Object.values(lab.writer.fleet.controllers).flatMap((one) =>
      one.role === 'secondary' && one.primaryId === primaryId && isInPool(one) && one.pciAddress !== null
        ? [one.id]
        : [],
    );
    const virtualSubsystemId = `${primaryId}|nqn.2026-11.io.berth:my_v_nqn_1`;
    const toSubsystem = { kind: 'virtual-subsystem', virtualSubsystemId } as const;
    const toMachine = { kind: 'virtual-machine', virtualMachineId: 'hv-a:web-07' } as const;
    const identity = { serialNumber: 'V', modelNumber: '', firmwareRevision: '' };
    const story: Intent[] = [
      { kind: 'assign', secondaryIds: [first, second], target: toSubsystem, attach: [1] },
      { kind: 'assign', secondaryIds: [first], target: toMachine },
      { kind: 'set-resources', secondaryIds: [second], vq: 6, vi: 3 },
      { kind: 'set-namespaces', controllerIds: [second], attach: [2], detach: [1] },
      { kind: 'create-virtual-subsystem', primaryId, nqn: 'other', primaryVirtualId: 1, identity },
      {
        kind: 'assign',
        secondaryIds: [first],
        target: { kind: 'virtual-subsystem', virtualSubsystemId: `${primaryId}|other` },
      },
      { kind: 'allocate-to-primary', primaryIds: [primaryId], vq: 0, vi: 0 },
      { kind: 'set-vf-count', primaryIds: [primaryId], count: 40 },
    ];
    let compared = 0;
    for (const intent of story) {
      const planned = lab.runner.propose({ kind: 'intent', intent });
      if (!planned.ok) throw new Error(planned.error.details?.join('\n') ?? planned.error.message);
      let predicted = lab.writer.fleet;
      const { steps } = planned.value;
      for (const { step } of steps) predicted = definitionOf(step).predict(step, predicted);
      const run = await lab.run(intent);
      expect([intent.kind, run.status, run.error]).toEqual([intent.kind, 'done', null]);
      expect(essence(lab.writer.fleet)).toEqual(essence(predicted));
      compared += steps.length;
    }
    expect(compared).toBeGreaterThan(20);
  });
});
