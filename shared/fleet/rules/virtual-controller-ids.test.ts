import { describe, expect, it } from 'vitest';
import { migrationFleet } from '../../test-support/migration-fleet.ts';
import {
  freeVirtualIds,
  newVirtualIdBlockers,
  reservedIdBlocker,
  virtualControllerIdsFor,
  virtualIdBlockers,
} from './virtual-controller-ids.ts';

/** Primary 1, members 20 and 21. */
const subsystem = Object.values(migrationFleet().virtualSubsystems)[0]!;
const wish = (virtualControllerId: number, who = 'VF 3') => ({ virtualControllerId, who });

describe('virtual controller ids', () => {
  it('count on from the highest member, and wrap into gaps when that runs out', () => {
    expect(virtualControllerIdsFor(subsystem, 2)).toEqual([22, 23]);
    const last = { ...subsystem, members: [{ controllerId: 'x', virtualControllerId: 0xffef }] };
    expect(virtualControllerIdsFor(last, 2)).toEqual([0, 2]);
    expect(freeVirtualIds({ primaryVirtualId: 1, members: [] }, 3, 0)).toEqual([0, 2, 3]);
  });

  it('refuse taken and reserved ones by number', () => {
    expect(virtualControllerIdsFor(subsystem, 1, 20)).toContain('Virtual id 20 is already used');
    expect(virtualControllerIdsFor(subsystem, 2, 0xffef)).toContain('The largest virtual id is 65519');
  });

  it('end at FFEFh', () => {
    expect(reservedIdBlocker(wish(0xffef))).toBeNull();
    expect(reservedIdBlocker(wish(0xfff0))).toMatchObject({ fix: 'Give VF 3 another virtual id.' });
  });

  it('are given once: not what a member or the primary has, not the same to two', () => {
    const reasons = (...ids: number[]) =>
      virtualIdBlockers(
        subsystem,
        ids.map((id) => wish(id)),
      ).map(({ reason }) => reason);
    expect(reasons(22, 23)).toEqual([]);
    expect(reasons(1, 20).map((reason) => reason.slice(0, 29))).toEqual([
      'Virtual id 1 is already used ',
      'Virtual id 20 is already used',
    ]);
    expect(reasons(22, 22)).toEqual(['Virtual id 22 is requested twice, also for VF 3.']);
  });

  it('of a virtual subsystem that is only wanted are judged alike', () => {
    expect(newVirtualIdBlockers(wish(1, 'nvme1'), [wish(2), wish(3)])).toEqual({ primary: [], members: [] });
    const found = newVirtualIdBlockers(wish(0xfff0, 'nvme1'), [wish(2), wish(2), wish(0xfff0)]);
    expect(found.primary).toHaveLength(1);
    expect(found.members.map(({ reason }) => reason.slice(0, 26))).toEqual([
      'Virtual id 2 is requested ',
      'Virtual id 65520 is reserv',
      'Virtual id 65520 is reques',
    ]);
  });
});
