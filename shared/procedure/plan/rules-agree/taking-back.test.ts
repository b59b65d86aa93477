import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { controllerChangeBlockers, secondaryChangeBlockers } from '../../../fleet/rules/change-blockers.ts';
import { guestBlockers, hostDriverBlockers } from '../../../fleet/rules/secondary-use.ts';
import { cleanUpBlockers, takeBackBlockers } from '../../../fleet/rules/taking-back.ts';
import type { Fleet, SecondaryController } from '../../../fleet/schema.ts';
import { findSecondary } from '../../../fleet/selectors.ts';
import {
  agreementRuns,
  chosenIds,
  expectRunnable,
  expectSame,
  expectThereAndBack,
  leftFleets,
  Outcomes,
  secondaryIds,
  virtualSubsystemId,
} from '../../../test-support/rules-agree.ts';
import type { Intent } from '../../intent.ts';
import { plan } from '../plan.ts';

type Release = 'set-online' | 'deprovision' | 'remove-from-virtual-subsystem';

/** Deprovisioning leaves a guest alone; who only leaves the virtual subsystem keeps its driver and must not run meanwhile. */
function releaseReasons(fleet: Fleet, secondary: SecondaryController, kind: Release): string[] {
  switch (kind) {
    case 'set-online':
      return takeBackBlockers(fleet, secondary, { leaveSubsystem: false });
    case 'deprovision':
      return [
        ...takeBackBlockers(fleet, secondary, { leaveSubsystem: true }),
        ...guestBlockers(fleet, secondary),
      ];
    case 'remove-from-virtual-subsystem':
      return [
        ...secondaryChangeBlockers(fleet, secondary),
        ...controllerChangeBlockers(fleet, secondary, 'virtualSubsystems'),
        ...guestBlockers(fleet, secondary),
        ...hostDriverBlockers(secondary),
      ];
  }
}

function releaseIntent(kind: Release, secondaryId: string): Intent {
  if (kind === 'set-online') return { kind, secondaryIds: [secondaryId], online: false };
  return kind === 'deprovision'
    ? { kind, secondaryIds: [secondaryId] }
    : { kind: 'remove-from-virtual-subsystem', secondaryIds: [secondaryId] };
}

describe('rules, planners and preconditions of taking back agree', () => {
  const releases = fc.constantFrom<Release>('set-online', 'deprovision', 'remove-from-virtual-subsystem');

  it('a controller is released exactly when it may be taken back, and every step of it may run, there and back', () => {
    const outcomes = new Outcomes();
    fc.assert(
      fc.property(leftFleets, fc.constantFrom(...secondaryIds), releases, (fleet, secondaryId, kind) => {
        const secondary = findSecondary(fleet, secondaryId) as SecondaryController;
        const against = releaseReasons(fleet, secondary, kind);
        const planned = plan(fleet, releaseIntent(kind, secondaryId));
        if (
          !planned.ok &&
          / is already (offline|in the pool)\.$| is not in a virtual subsystem\.$/.test(planned.error.message)
        )
          return;
        expectSame(planned, against);
        outcomes.add(planned.ok);
        if (!planned.ok) return;
        const there = expectThereAndBack(fleet, planned.value);
        const after = findSecondary(there, secondaryId);
        if (kind !== 'remove-from-virtual-subsystem') expect(after).toMatchObject({ online: false, nvq: 0 });
        if (kind !== 'set-online') expect(after).toMatchObject({ virtualSubsystemId: null });
      }),
      agreementRuns,
    );
    outcomes.expectBoth();
  });

  it('the source of a migration is cleaned up exactly when nobody uses it, and every step of it may run', () => {
    const outcomes = new Outcomes();
    const machines = fc.constantFrom('hv-a:db-primary', null);
    fc.assert(
      fc.property(leftFleets, chosenIds, machines, fc.boolean(), (fleet, ids, virtualMachineId, release) => {
        const planned = plan(fleet, {
          ...{ kind: 'clean-up-source', secondaryIds: ids, virtualMachineId },
          ...{ virtualSubsystemIds: [virtualSubsystemId], detachNamespaces: release, release },
        });
        if (!planned.ok && planned.error.message === 'Nothing is left to clean up.') return;
        const secondaries = ids.flatMap((id) => findSecondary(fleet, id) ?? []);
        const against = secondaries.flatMap((one) => cleanUpBlockers(fleet, one, virtualMachineId));
        expectSame(planned, against);
        outcomes.add(planned.ok);
        if (!planned.ok) return;
        const there = expectRunnable(
          fleet,
          planned.value.steps.map(({ step }) => step),
        );
        for (const id of ids) {
          const after = findSecondary(there, id);
          expect(after).toMatchObject({ virtualMachineId: null, virtualSubsystemId: null, driver: null });
          if (release) expect(after).toMatchObject({ online: false, nvq: 0, nvi: 0, attachedNamespaces: [] });
        }
        expect(there.virtualSubsystems[virtualSubsystemId]?.members).not.toEqual([]);
      }),
      agreementRuns,
    );
    outcomes.expectBoth();
  });
});
