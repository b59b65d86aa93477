import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { controllerChangeBlockers, secondaryChangeBlockers } from '../../../fleet/rules/change-blockers.ts';
import { guestBlockers, hostDriverBlockers } from '../../../fleet/rules/secondary-use.ts';
import { virtualIdBlockers } from '../../../fleet/rules/virtual-controller-ids.ts';
import type { Fleet, PrimaryController, SecondaryController } from '../../../fleet/schema.ts';
import { findPrimary, findSecondary } from '../../../fleet/selectors.ts';
import {
  agreementRuns,
  expectSame,
  expectThereAndBack,
  leftFleets,
  Outcomes,
  primaryId,
  secondaryIds,
  virtualSubsystemId,
} from '../../../test-support/rules-agree.ts';
import { plan } from '../plan.ts';

type RenumberWish = { readonly secondaryId: string; readonly virtualControllerId: number };

/** All that change leave first, so only those that stay are in the way; each is to have one id. */
function renumberReasons(fleet: Fleet, wishes: readonly RenumberWish[]): string[] {
  const subsystem = fleet.virtualSubsystems[virtualSubsystemId];
  const primary = findPrimary(fleet, primaryId) as PrimaryController;
  if (subsystem === undefined) return ['gone'];
  const idOf = (id: string) => subsystem.members.find(({ controllerId }) => controllerId === id);
  const changes = wishes.filter(
    ({ secondaryId, virtualControllerId }) => idOf(secondaryId)?.virtualControllerId !== virtualControllerId,
  );
  const moving = new Set(changes.map(({ secondaryId }) => secondaryId));
  const staying = subsystem.members.filter(({ controllerId }) => !moving.has(controllerId));
  const wanted = changes.map(({ secondaryId, virtualControllerId }) => ({
    ...{ virtualControllerId, who: secondaryId },
  }));
  return [
    ...controllerChangeBlockers(fleet, primary, 'changeControllers', 'virtualSubsystems'),
    ...wishes.flatMap(({ secondaryId }) => (idOf(secondaryId) === undefined ? ['not a member'] : [])),
    ...(new Set(wishes.map(({ secondaryId }) => secondaryId)).size < wishes.length ? ['named twice'] : []),
    ...virtualIdBlockers({ ...subsystem, members: staying }, wanted).map(({ reason }) => reason),
    ...[...moving].flatMap((id) => {
      const secondary = findSecondary(fleet, id) as SecondaryController;
      return [
        ...secondaryChangeBlockers(fleet, secondary),
        ...guestBlockers(fleet, secondary),
        ...hostDriverBlockers(secondary),
      ];
    }),
  ];
}

describe('rules, planner and preconditions of renumbering agree', () => {
  it('members are renumbered exactly when the rules allow it, and every step of it may run, there and back', () => {
    const outcomes = new Outcomes();
    const wishes = fc.array(
      fc.record({
        secondaryId: fc.constantFrom(...secondaryIds.slice(0, 3)),
        virtualControllerId: fc.constantFrom(1, 5, 20, 21, 22, 23, 0xfff0),
      }),
      { minLength: 1, maxLength: 2 },
    );
    fc.assert(
      fc.property(leftFleets, wishes, (fleet, members) => {
        const against = renumberReasons(fleet, members);
        const planned = plan(fleet, { kind: 'renumber-virtual-controllers', virtualSubsystemId, members });
        if (!planned.ok && planned.error.message === 'Everything is already as requested.') {
          expect(against).toEqual([]);
          return;
        }
        expectSame(planned, against);
        outcomes.add(planned.ok);
        if (!planned.ok) return;
        const there = expectThereAndBack(fleet, planned.value);
        for (const { secondaryId, virtualControllerId } of members)
          expect(findSecondary(there, secondaryId)).toMatchObject({
            virtualSubsystemId,
            virtualControllerId,
          });
      }),
      agreementRuns,
    );
    outcomes.expectBoth();
  });
});
