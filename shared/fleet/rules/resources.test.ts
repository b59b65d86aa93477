import { describe, expect, it } from 'vitest';
import { migrationFleet } from '../../test-support/migration-fleet.ts';
import type { Fleet, PrimaryController, SecondaryController } from '../schema.ts';
import {
  allocationBlockers,
  amountProblem,
  onlineBlockers,
  resourceBlockers,
  resourcesFor,
  vfCountBlockers,
  vfCountNeed,
} from './resources.ts';

const primaryId = 'hv-a/0000:41:00.0';

function parts(fleet: Fleet = migrationFleet()) {
  const primary = fleet.controllers[primaryId] as PrimaryController;
  const secondary = (vfn: number) => fleet.controllers[`${primaryId}/${vfn}`] as SecondaryController;
  return { fleet, primary, secondary };
}

describe('an amount for one secondary', () => {
  const { primary } = parts();

  it.each([
    ['less than going online takes', 'vq', 1, 'below-minimum'],
    ['what going online takes', 'vq', 2, null],
    ['as much as VQFRSM allows', 'vq', 16, null],
    ['more than VQFRSM allows', 'vq', 17, 'above-maximum'],
    ['no vector', 'vi', 0, 'below-minimum'],
    ['one vector', 'vi', 1, null],
  ] as const)('judges %s', (_, resource, amount, fault) => {
    expect(amountProblem(primary, resource, amount)).toBe(fault);
  });

  it('is 0 where the primary has nothing flexible', () => {
    const fixed = { ...primary, vi: { ...primary.vi, supported: false } };
    expect(amountProblem(fixed, 'vi', 0)).toBeNull();
    expect(amountProblem(fixed, 'vi', 1)).toBe('not-flexible');
  });
});

describe('resources of a group', () => {
  it('are what is free and what the group holds, to the last one', () => {
    const { fleet, primary, secondary } = parts();
    primary.vq.total = 18;
    const group = [secondary(1), secondary(3)];
    expect(resourcesFor(primary, group, 'vq')).toBe(10);
    const wishes = (vq: number) => group.map((one) => ({ secondary: one, resources: { vq, vi: 2 } }));
    expect(resourceBlockers(fleet, primary, wishes(5))).toEqual([]);
    expect(resourceBlockers(fleet, primary, wishes(6))).toEqual([
      'hv-a/nvme1 has 2 VQ free, 4 are needed. Free some: take secondary controllers offline.',
    ]);
  });

  it('are enough to go online, or the words say how many are', () => {
    const { primary, secondary } = parts();
    expect(onlineBlockers(primary, secondary(3), { vq: 2, vi: 1 })).toEqual([]);
    expect(onlineBlockers(primary, secondary(3), { vq: 1, vi: 0 })).toEqual([
      'VF 3 needs at least 2 VQ to go online, 1 would be assigned.',
      'VF 3 needs at least 1 VI to go online, 0 would be assigned.',
    ]);
  });
});

describe('what a primary keeps and shows', () => {
  const { fleet, primary, secondary } = parts();

  it('is what its secondaries leave of the flexible resources', () => {
    expect(allocationBlockers(primary, 'vq', 48)).toEqual([]);
    expect(allocationBlockers(primary, 'vq', 49)).toEqual([
      'The secondary controllers of nvme1 leave only 48 VQ; 49 were requested. Take some of them offline.',
    ]);
    expect(allocationBlockers(primary, 'vq', 65)).toEqual([
      'nvme1 has only 64 flexible VQ in total; 65 were requested.',
    ]);
  });

  it('is at most TotalVFs functions', () => {
    expect(vfCountBlockers(primary, 6)).toEqual([]);
    expect(vfCountBlockers(primary, 7)).toEqual(['nvme1 offers 6 VFs (TotalVFs), not 7.']);
  });

  it('is raised only while no function is in use, and never beyond TotalVFs', () => {
    expect(vfCountNeed(fleet, primary, [secondary(3)])).toEqual({ kind: 'enough' });
    const fewer = { ...primary, numVfs: 2 };
    expect(vfCountNeed(fleet, fewer, [secondary(3)])).toMatchObject({ kind: 'blocked' });
    const none = { ...primary, numVfs: 0 };
    expect(vfCountNeed(fleet, none, [secondary(3)])).toEqual({ kind: 'raise', count: 3 });
    expect(vfCountNeed(fleet, none, [{ ...secondary(3), vfn: 7 }])).toMatchObject({ kind: 'blocked' });
  });
});
