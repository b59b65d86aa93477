import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namespaceIdOf, secondaryIdOf } from '../../../fleet/ids.ts';
import { withProvisionedFunction } from '../../../fleet/provisioned-functions.ts';
import { canAssign, resourcesTogether } from '../../../fleet/rules/assignment.ts';
import type { AssignmentTarget } from '../../../fleet/rules/assignment-target.ts';
import { controllerChangeBlockers } from '../../../fleet/rules/change-blockers.ts';
import { onlineBlockers, resourceBlockers, vfCountNeed } from '../../../fleet/rules/resources.ts';
import { assignedBlocker, hostDriverBlockers, iommuBlockers } from '../../../fleet/rules/secondary-use.ts';
import { takeBackBlockers } from '../../../fleet/rules/taking-back.ts';
import { virtualControllerIdsFor } from '../../../fleet/rules/virtual-controller-ids.ts';
import type { Fleet, PrimaryController, SecondaryController } from '../../../fleet/schema.ts';
import { findPrimary, findSecondary } from '../../../fleet/selectors.ts';
import { isControllerIdentifier } from '../../../nvme/controller-identifier.ts';
import { guestNqn } from '../../../test-support/migration-fleet.ts';
import { randomFleets } from '../../../test-support/random-fleet.ts';
import {
  agreementRuns,
  chosenIds,
  expectSame,
  expectThereAndBack,
  Outcomes,
  primaryId,
  virtualSubsystemId,
} from '../../../test-support/rules-agree.ts';
import { identityBlockers } from '../../../virtual-subsystem/identity/identity-rules.ts';
import { virtualNqnBlockers } from '../../../virtual-subsystem/identity/name-rules.ts';
import type { ExposedCapability } from '../../../virtual-subsystem/mask/exposed-capability.ts';
import type { Intent } from '../../intent.ts';
import { plan } from '../plan.ts';

type Provision = Extract<Intent, { kind: 'provision' }>;

const identities = fc.record({
  serialNumber: fc.constantFrom('S', 'S', 'S', 'S', 'x'.repeat(21)),
  ...{ modelNumber: fc.constant('M'), firmwareRevision: fc.constant('1') },
});

/** The primary provisions two functions by itself. */
const provisioningFleets = randomFleets.map((given) => {
  const fleet = structuredClone(given);
  const { functions } = findPrimary(fleet, primaryId) as PrimaryController;
  Object.assign(functions, { provision: { available: true }, maximumProvisioned: 2, firstCntlid: 0x100 });
  return fleet;
});

const provisionings = fc.record({
  functions: fc.oneof(
    chosenIds.map((secondaryIds) => ({ kind: 'existing' as const, secondaryIds })),
    fc.integer({ min: 1, max: 3 }).map((count) => ({ kind: 'new' as const, primaryId, count })),
  ),
  into: fc.oneof(
    fc.constant({ kind: 'none' as const }),
    fc.constantFrom(virtualSubsystemId, virtualSubsystemId, virtualSubsystemId, 'gone').map((id) => ({
      ...{ kind: 'existing' as const, virtualSubsystemId: id },
    })),
    fc.record({
      kind: fc.constant('new' as const),
      nqn: fc.constantFrom(...Array(4).fill('nqn.2026-11.io.berth:made'), guestNqn, ''),
      primaryVirtualId: fc.constantFrom(1, 1, 1, 7, 0xfff0),
      identity: identities,
      exposed: fc.constant<ExposedCapability[]>([]),
    }),
  ),
  // Mostly what can be: each of the many wishes alone could be refused.
  vq: fc.constantFrom(undefined, undefined, undefined, undefined, 2, 4, 0, 18),
  vi: fc.constantFrom(undefined, undefined, undefined, undefined, 1, 2, 0, 18),
  firstVirtualControllerId: fc.constantFrom(undefined, undefined, undefined, 1, 20, 40, 0xffef),
  attach: fc.subarray([1, 2], { minLength: 0 }),
  ...{ enableMigration: fc.boolean(), visible: fc.constantFrom(true, true, true, false) },
  virtualMachineId: fc.constantFrom(null, null, null, 'hv-a:db-primary'),
});

/** The functions that are meant, and the fleet in which new ones are there already. */
function functionsOf(fleet: Fleet, { functions }: Pick<Provision, 'functions'>) {
  if (functions.kind === 'existing') return { fleet, ids: functions.secondaryIds };
  const cntlids = [0x100, 0x101].slice(0, functions.count);
  const withNew = cntlids.reduce(
    (next, cntlid) =>
      withProvisionedFunction(next, findPrimary(next, primaryId) as PrimaryController, cntlid),
    fleet,
  );
  return { fleet: withNew, ids: cntlids.map((cntlid) => secondaryIdOf(primaryId, cntlid)) };
}

/** Everything that the rules have against it, each asked by itself about the fleet before the first step. */
function provisionReasons(given: Fleet, intent: Provision): string[] {
  const { fleet, ids } = functionsOf(given, intent);
  const wanted = intent.functions.kind === 'new' ? intent.functions.count : ids.length;
  const primary = findPrimary(fleet, primaryId) as PrimaryController;
  const secondaries = ids.map((id) => findSecondary(fleet, id) as SecondaryController);
  const wishes = resourcesTogether(fleet, secondaries, intent).map(({ resources }, index) => ({
    secondary: secondaries[index] as SecondaryController,
    resources,
  }));
  const need = vfCountNeed(fleet, primary, secondaries);
  const { into, virtualMachineId, visible, attach } = intent;
  const verdict = (target: AssignmentTarget) => canAssign(fleet, ids, target, intent);
  return [
    ...(ids.length < wanted ? ['not that many'] : []),
    ...secondaries.flatMap((one) => [
      ...takeBackBlockers(fleet, one, { leaveSubsystem: true }),
      ...hostDriverBlockers(one),
      ...(assignedBlocker(fleet, one) === null ? [] : ['in use']),
      ...(visible ? showBlockers(fleet, one) : []),
    ]),
    ...resourceBlockers(fleet, primary, wishes),
    ...wishes.flatMap(({ secondary, resources }) => onlineBlockers(primary, secondary, resources)),
    ...(need.kind === 'blocked' ? [need.reason] : []),
    ...(into.kind === 'new' ? newSubsystemReasons(fleet, primary, into, wanted, intent) : []),
    ...(into.kind === 'existing' ? reasonsOf(verdict({ ...into, kind: 'virtual-subsystem' })) : []),
    ...(virtualMachineId === null ? [] : reasonsOf(verdict({ kind: 'virtual-machine', virtualMachineId }))),
    ...(virtualMachineId !== null && !visible ? ['hidden'] : []),
    ...attach.flatMap((nsid) => attachReasons(fleet, secondaries, nsid)),
  ];
}

function reasonsOf(verdict: ReturnType<typeof canAssign>): readonly string[] {
  return verdict.allowed ? [] : verdict.reasons;
}

/** Showing a function needs an IOMMU, and binding a virtual one the host's PCI side. */
function showBlockers(fleet: Fleet, secondary: SecondaryController): string[] {
  if (secondary.driver === 'vfio-pci' && secondary.visible) return [];
  const bind = secondary.functionKind === 'vf' ? (['changePci'] as const) : [];
  return [...controllerChangeBlockers(fleet, secondary, ...bind), ...iommuBlockers(fleet, secondary)];
}

function newSubsystemReasons(
  fleet: Fleet,
  primary: PrimaryController,
  { nqn, primaryVirtualId, identity }: Extract<Provision['into'], { kind: 'new' }>,
  count: number,
  { firstVirtualControllerId }: Provision,
): string[] {
  const ids = virtualControllerIdsFor(
    { nqn, primaryVirtualId, members: [] },
    count,
    firstVirtualControllerId,
  );
  return [
    ...controllerChangeBlockers(fleet, primary, 'virtualSubsystems'),
    ...(primary.virtualSubsystems.available ? [] : [primary.virtualSubsystems.reason]),
    ...virtualNqnBlockers(fleet, primary.id, nqn).map(({ reason }) => reason),
    ...identityBlockers(identity),
    ...(isControllerIdentifier(primaryVirtualId) ? [] : ['reserved']),
    ...(typeof ids === 'string' ? [ids] : []),
  ];
}

/** A private namespace has one controller. */
function attachReasons(fleet: Fleet, secondaries: readonly SecondaryController[], nsid: number): string[] {
  const newcomers = secondaries.filter(({ attachedNamespaces }) => !attachedNamespaces.includes(nsid));
  const namespace = fleet.namespaces[namespaceIdOf(secondaries[0]?.subsystemId ?? '', nsid)];
  if (newcomers.length === 0 || namespace?.shared === true) return [];
  return (namespace?.attachedTo.length ?? 0) + newcomers.length > 1 ? ['private'] : [];
}

describe('rules, planner and preconditions of provisioning agree', () => {
  it('functions are provisioned exactly when the rules allow all of it, and every step of it may run, there and back', () => {
    const outcomes = new Outcomes();
    fc.assert(
      fc.property(provisioningFleets, provisionings, (fleet, wish) => {
        const intent: Provision = { ...wish, kind: 'provision' };
        const against = provisionReasons(fleet, intent);
        const planned = plan(fleet, intent);
        if (!planned.ok && planned.error.message === 'It is already provisioned.') {
          expect(against).toEqual([]);
          return;
        }
        expectSame(planned, against);
        outcomes.add(planned.ok);
        if (!planned.ok) return;
        const there = expectThereAndBack(fleet, planned.value);
        for (const id of functionsOf(fleet, intent).ids) {
          const { virtualMachineId, attach, into } = intent;
          const after = findSecondary(there, id);
          expect(after).toMatchObject({ online: true, virtualMachineId });
          expect(after?.virtualSubsystemId === null).toBe(into.kind === 'none');
          expect(after?.attachedNamespaces).toEqual(expect.arrayContaining(attach));
        }
      }),
      agreementRuns,
    );
    outcomes.expectBoth();
  });
});
