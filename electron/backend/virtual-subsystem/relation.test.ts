import { describe, expect, it } from 'vitest';
import type { Fleet, SecondaryController } from '#shared/fleet/schema.ts';
import {
  controllingPrimary,
  findSecondary,
  secondariesOf,
  virtualSubsystemOf,
} from '#shared/fleet/selectors.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { relationOf } from '#shared/virtual-subsystem/relation.ts';
import { type Lab, openLab } from '../test-support/procedure-lab.ts';

const primaryId = 'hv-a/0000:41:00.0';
const nqn = 'nqn.2026-11.io.berth:kept';
const memberId = `${primaryId}/6`;

function member(fleet: Fleet): SecondaryController {
  const found = findSecondary(fleet, memberId);
  if (found === undefined) throw new Error('the member is gone');
  return found;
}

/** A member with a namespace, and with no guest that would be lost. */
async function withMember(): Promise<Lab> {
  const lab = await openLab();
  const identity = { serialNumber: 'K', modelNumber: 'M', firmwareRevision: '1' };
  const made = await lab.run({
    ...{ kind: 'create-virtual-subsystem', primaryId, nqn, primaryVirtualId: 1, identity },
    members: [{ secondaryId: memberId, virtualControllerId: 40 }],
  });
  expect(made.status).toBe('done');
  await lab.run({ kind: 'set-namespaces', controllerIds: [memberId], attach: [2], detach: [] });
  return lab;
}

/** The relation as a second reader finds it, in both directions. */
async function relation(lab: Lab) {
  const fleet = await lab.rediscovered();
  const secondary = member(fleet);
  const primary = controllingPrimary(fleet, secondary);
  const subsystem = virtualSubsystemOf(fleet, secondary);
  return {
    backwards: primary !== undefined && secondariesOf(fleet, primary).includes(secondary),
    forwards: primary?.id,
    nqn: subsystem?.nqn,
    as: secondary.virtualControllerId,
    listed: subsystem?.members,
    namespaces: secondary.attachedNamespaces,
    lost: relationOf(fleet, secondary).lost,
  };
}

const kept = {
  ...{ backwards: true, forwards: primaryId, nqn, as: 40 },
  listed: [{ controllerId: memberId, virtualControllerId: 40 }],
  namespaces: [2],
};

describe('the relation of a controlled function on the simulated host', () => {
  it.each<[string, readonly Intent[]]>([
    ['is bound to vfio-pci', [{ kind: 'set-driver', controllerIds: [memberId], driver: 'vfio-pci' }]],
    ['is reset (FLR)', [{ kind: 'reset', controllerIds: [memberId], reset: 'function' }]],
    [
      'is bound to vfio-pci and reset there',
      [
        { kind: 'set-driver', controllerIds: [memberId], driver: 'vfio-pci' },
        { kind: 'reset', controllerIds: [memberId], reset: 'function' },
      ],
    ],
  ])('is whole, and nothing is lost, when it %s', async (_words, intents) => {
    const lab = await withMember();
    for (const intent of intents) expect((await lab.run(intent)).status).toBe('done');
    expect(await relation(lab)).toEqual({ ...kept, lost: [] });
  });

  it('is kept when its primary is reset, which takes it offline', async () => {
    const lab = await withMember();
    const run = await lab.run({ kind: 'reset', controllerIds: [primaryId], reset: 'controller' });
    expect(run.status).toBe('done');
    const { lost, ...rest } = await relation(lab);
    expect(rest).toEqual(kept);
    expect(lost).toContain('it is offline');
    expect(
      (await lab.run({ kind: 'assign', secondaryIds: [memberId], target: { kind: 'pool' } })).status,
    ).toBe('done');
  });

  it('is kept over a VF count of 0 and back', async () => {
    const lab = await withMember();
    const count = lab.writer.fleet.controllers[primaryId];
    const before = count?.role === 'primary' ? count.numVfs : 0;
    expect((await lab.run({ kind: 'set-vf-count', primaryIds: [primaryId], count: 0 })).status).toBe('done');
    const gone = await relation(lab);
    expect(gone).toMatchObject(kept);
    expect(gone.lost).toContain('its PCI function is not enabled');
    expect((await lab.run({ kind: 'set-vf-count', primaryIds: [primaryId], count: before })).status).toBe(
      'done',
    );
    const { lost, ...rest } = await relation(lab);
    expect(rest).toEqual(kept);
    expect(lost).not.toContain('its PCI function is not enabled');
  });
});
