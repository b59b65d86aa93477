import { describe, expect, it } from 'vitest';
import { namespaceIdOf } from '../fleet/ids.ts';
import { planMigration } from '../procedure/plan/migrate/migrate.ts';
import type { PlannedStep, Step } from '../procedure/step.ts';
import { guestNqn, migrationFleet, migrationRequest } from '../test-support/migration-fleet.ts';
import { inTheWay, type PlanOnHosts } from './side-by-side.ts';

const fleet = migrationFleet();
const request = migrationRequest(fleet);
const primaryId = 'hv-a/0000:41:00.0';
const destinationPrimaryId = request.devices[0]?.destinationId.replace(/\/[^/]+$/, '') ?? '';

function migrating(steps: readonly Step[], hostIds: readonly string[] = ['hv-a', 'hv-b']): PlanOnHosts {
  const planned = steps.map(
    (step): PlannedStep => ({ step, hostId: 'hv-a', phase: '', words: '', commandLines: [], inverse: null }),
  );
  return { plan: { intent: { kind: 'migrate', request }, steps: planned }, hostIds: new Set(hostIds) };
}
const changing = (steps: readonly Step[], hostIds?: readonly string[]): PlanOnHosts => {
  const { plan, hostIds: on } = migrating(steps, hostIds);
  return {
    plan: { ...plan, intent: { kind: 'set-online', secondaryIds: ['x'], online: true } },
    hostIds: on,
  };
};
const pause = (name: string): Step => ({ kind: 'vm-pause', virtualMachineId: `hv-a:${name}` });
const online = (vfn: number): Step => ({ kind: 'secondary-online', secondaryId: `${primaryId}/${vfn}` });

describe('what runs at the same time', () => {
  it('is everything on different hosts', () => {
    expect(inTheWay(fleet, changing([online(1)], ['hv-a']), changing([online(1)], ['hv-b']))).toBeNull();
  });

  it('is on one host only two migrations', () => {
    const [one, other] = [[pause('a')], [pause('b')]];
    expect(inTheWay(fleet, migrating(one), migrating(other))).toBeNull();
    for (const [wanted, running] of [
      [changing(one), migrating(other)],
      [migrating(one), changing(other)],
      [changing(one), changing(other)],
    ] as const)
      expect(inTheWay(fleet, wanted, running)).toEqual({ kind: 'host', id: 'hv-a' });
  });

  it('is never what changes the same virtual machine or secondary controller', () => {
    expect(inTheWay(fleet, migrating([pause('a')]), migrating([pause('a')]))).toEqual({
      ...{ kind: 'object', id: 'hv-a:a' },
    });
    expect(inTheWay(fleet, migrating([online(1)]), migrating([online(2), online(1)]))).toEqual({
      ...{ kind: 'object', id: `${primaryId}/1` },
    });
    expect(inTheWay(fleet, migrating([online(1)]), migrating([online(2)]))).toBeNull();
  });

  it('counts a virtual machine at its destination before it is there', () => {
    const create: Step = { kind: 'vm-create-incoming', hostId: 'hv-b', name: 'a', vcpus: 1, memoryBytes: 1 };
    const send: Step = { kind: 'vm-send-memory', virtualMachineId: 'hv-c:a', destinationHostId: 'hv-b' };
    expect(inTheWay(fleet, migrating([create]), migrating([send]))).toEqual({ kind: 'object', id: 'hv-b:a' });
  });

  it('shares a primary controller, but no virtual subsystem under it', () => {
    const create = (nqn: string): Step => ({
      ...{ kind: 'virtual-subsystem-create', primaryId, nqn, primaryVirtualId: 1 },
      identity: { serialNumber: 'S', modelNumber: 'M', firmwareRevision: 'F' },
    });
    const join = (nqn: string): Step => ({
      ...{ kind: 'virtual-subsystem-add', secondaryId: `${primaryId}/5`, nqn, virtualControllerId: 3 },
    });
    const [a, b] = ['nqn.2026-11.io.berth:a', 'nqn.2026-11.io.berth:b'];
    expect(inTheWay(fleet, migrating([create(a)]), migrating([create(b)]))).toBeNull();
    expect(inTheWay(fleet, migrating([create(a)]), migrating([join(b)]))).toBeNull();
    expect(inTheWay(fleet, migrating([create(a)]), migrating([join(a)]))).toEqual({
      ...{ kind: 'object', id: `${primaryId}|${a}` },
    });
  });

  it('is never what copies user data into the same namespace, even between other hosts', () => {
    const copy = (name: string, vfn: number, destination: number): Step => ({
      ...{ kind: 'user-data-send', virtualMachineId: `hv-a:${name}`, destinationHostId: 'hv-b' },
      ...{ downtimeBudgetMilliseconds: 300 },
      devices: [
        {
          ...{ sourceId: `${primaryId}/${vfn}`, destinationId: `${destinationPrimaryId}/${vfn}` },
          namespaces: [{ source: vfn, destination, blocks: 100, blockSize: 4096 }],
        },
      ],
    });
    const wanted = migrating([copy('b', 2, 1)]);
    const subsystemId = fleet.controllers[destinationPrimaryId]?.subsystemId ?? '';
    const inUse = { kind: 'object', id: namespaceIdOf(subsystemId, 1) };
    expect(inTheWay(fleet, wanted, migrating([copy('a', 1, 1)]))).toEqual(inUse);
    expect(inTheWay(fleet, wanted, migrating([copy('a', 1, 1)], ['hv-c', 'hv-d']))).toEqual(inUse);
    expect(inTheWay(fleet, wanted, migrating([copy('a', 1, 2)]))).toBeNull();
  });

  it('takes a whole planned migration apart from itself', () => {
    const planned = planMigration(fleet, request);
    if (!planned.ok) throw new Error(planned.error.message);
    const whole: PlanOnHosts = { plan: planned.value, hostIds: new Set(['hv-a', 'hv-b']) };
    expect(inTheWay(fleet, whole, whole)).toMatchObject({ kind: 'object' });
    const remove: Step = { kind: 'virtual-subsystem-remove', secondaryId: `${primaryId}/6`, nqn: guestNqn };
    expect(inTheWay(fleet, migrating([remove]), whole)?.kind).toBe('object');
  });
});
