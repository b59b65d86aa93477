import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { primaryContradictions } from '../../../fleet/invariants.ts';
import { canAssign } from '../../../fleet/rules/assignment.ts';
import type { AssignmentTarget } from '../../../fleet/rules/assignment-target.ts';
import { onlineBlockers, resourceBlockers } from '../../../fleet/rules/resources.ts';
import type { Fleet, PrimaryController, SecondaryController } from '../../../fleet/schema.ts';
import { findPrimary, findSecondary, secondariesOf } from '../../../fleet/selectors.ts';
import { guestNqn } from '../../../test-support/migration-fleet.ts';
import { randomFleets } from '../../../test-support/random-fleet.ts';
import {
  agreementRuns,
  chosenIds,
  expectRunnable,
  Outcomes,
  primaryId,
  secondaryIds,
  virtualSubsystemId,
} from '../../../test-support/rules-agree.ts';
import { type DraftWish, draftIntent, draftProblems } from '../../../virtual-subsystem/life-cycle/draft.ts';
import type { Intent } from '../../intent.ts';
import { plan } from '../plan.ts';

/** Resources that somebody asks for, or, every other time, leaves to the default: most amounts do not fit. */
const amounts = fc.option(fc.integer({ min: 0, max: 18 }), { nil: undefined, freq: 1 });

const targets: readonly AssignmentTarget[] = [
  { kind: 'pool' },
  { kind: 'virtual-subsystem', virtualSubsystemId },
  { kind: 'virtual-machine', virtualMachineId: 'hv-a:db-primary' },
];

describe('rules, planners and preconditions of assignments agree', () => {
  it('the random fleets do not contradict themselves', () => {
    fc.assert(
      fc.property(randomFleets, (fleet) => {
        for (const controller of Object.values(fleet.controllers))
          if (controller.role === 'primary')
            expect(primaryContradictions('nvme1', controller, secondariesOf(fleet, controller))).toEqual([]);
      }),
      agreementRuns,
    );
  });

  it.each(targets)(
    'an assignment to a $kind is planned exactly when the drop is allowed, and every step of it may run, there and back',
    (target) => {
      const outcomes = new Outcomes();
      fc.assert(
        fc.property(randomFleets, chosenIds, amounts, amounts, (fleet, ids, vq, vi) => {
          const verdict = canAssign(fleet, ids, target, { vq, vi });
          const planned = plan(fleet, { kind: 'assign', secondaryIds: ids, target, vq, vi });
          const against = verdict.allowed ? [] : verdict.reasons;
          expect(planned.ok ? [] : planned.error.details).toEqual(against);
          outcomes.add(planned.ok);
          if (!planned.ok) return;
          const { steps } = planned.value;
          const there = expectRunnable(
            fleet,
            steps.map(({ step }) => step),
          );
          expectRunnable(
            there,
            steps.toReversed().flatMap(({ inverse }) => inverse ?? []),
          );
          expectAsPromised(there, ids, target, verdict);
        }),
        agreementRuns,
      );
      outcomes.expectBoth();
    },
  );

  it('resources are planned exactly when the resource rules allow them', () => {
    const outcomes = new Outcomes();
    const counts = fc.integer({ min: 0, max: 18 });
    fc.assert(
      fc.property(randomFleets, fc.constantFrom(...secondaryIds), counts, counts, (fleet, id, vq, vi) => {
        const secondary = findSecondary(fleet, id) as SecondaryController;
        const primary = findPrimary(fleet, primaryId) as PrimaryController;
        const resources = { vq, vi };
        if (fleet.source.readOnly !== null || secondary.virtualMachineId !== null) return;
        if (secondary.nvq === vq && secondary.nvi === vi) return;
        const mayHold = resourceBlockers(fleet, primary, [{ secondary, resources }]);
        const mayRun = secondary.online ? onlineBlockers(primary, secondary, resources) : [];
        const planned = plan(fleet, { kind: 'set-resources', secondaryIds: [id], vq, vi });
        const needsDriver = secondary.driver === 'nvme';
        if (needsDriver && fleet.hosts['hv-a']?.capabilities.changePci.available === false) return;
        expect(planned.ok ? [] : planned.error.details).toEqual(mayHold.length > 0 ? mayHold : mayRun);
        outcomes.add(planned.ok);
        if (planned.ok)
          expectRunnable(
            fleet,
            planned.value.steps.map(({ step }) => step),
          );
      }),
      agreementRuns,
    );
    outcomes.expectBoth();
  });

  const drafts: fc.Arbitrary<DraftWish> = fc.record({
    nqn: fc.constantFrom('nqn.2026-11.io.berth:made', 'nqn.2026-11.io.berth:made', guestNqn, ''),
    primaryId: fc.constantFrom(primaryId, primaryId, primaryId, 'hv-b/0000:41:00.0'),
    primaryVirtualId: fc.constantFrom(1, 1, 7, 0xfff0),
    identity: fc.record({
      serialNumber: fc.constantFrom('S', 'S', 'x'.repeat(21)),
      modelNumber: fc.constantFrom('M', 'M', 'ü'),
      firmwareRevision: fc.constant('1'),
    }),
    exposure: fc.constant('everything' as const),
    members: fc.uniqueArray(
      fc.record({
        secondaryId: fc.constantFrom(...secondaryIds),
        virtualControllerId: fc.constantFrom(2, 3, 4, 5, 7, 0xfff0),
      }),
      { maxLength: 2, selector: ({ secondaryId }) => secondaryId },
    ),
  });

  it('a draft has a problem exactly when its creation is refused, and every step of it may run, there and back', () => {
    const outcomes = new Outcomes();
    fc.assert(
      fc.property(randomFleets, drafts, (fleet, draft) => {
        const problems = draftProblems(fleet, draft);
        const planned = plan(fleet, draftIntent(fleet, draft) as Intent);
        expect(planned.ok, JSON.stringify([problems, planned.ok ? [] : planned.error.details], null, 1)).toBe(
          problems.length === 0,
        );
        outcomes.add(planned.ok);
        if (!planned.ok) return;
        const { steps } = planned.value;
        const there = expectRunnable(
          fleet,
          steps.map(({ step }) => step),
        );
        expectRunnable(
          there,
          steps.toReversed().flatMap(({ inverse }) => inverse ?? []),
        );
      }),
      agreementRuns,
    );
    outcomes.expectBoth();
  });
});

/** The fleet after the plan is what the drop said it would be. */
function expectAsPromised(
  fleet: Fleet,
  ids: readonly string[],
  target: AssignmentTarget,
  verdict: ReturnType<typeof canAssign>,
): void {
  if (!verdict.allowed) return;
  for (const [index, id] of ids.entries()) {
    const secondary = findSecondary(fleet, id);
    switch (target.kind) {
      case 'pool':
        expect(secondary).toMatchObject({ online: false, nvq: 0, nvi: 0, virtualSubsystemId: null });
        break;
      case 'virtual-subsystem':
        expect(secondary).toMatchObject({
          online: true,
          virtualSubsystemId,
          virtualControllerId: verdict.virtualControllerIds[index],
        });
        break;
      case 'virtual-machine':
        expect(secondary).toMatchObject({ online: true, virtualMachineId: 'hv-a:db-primary' });
        break;
    }
  }
}
