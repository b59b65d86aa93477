import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secondaryChangeBlockers } from '../../../fleet/rules/change-blockers.ts';
import type { Fleet, SecondaryController } from '../../../fleet/schema.ts';
import { findPrimary, findSecondary } from '../../../fleet/selectors.ts';
import { intentOfDifference } from '../../../rehearsal/intent-of-difference.ts';
import { randomFleets } from '../../../test-support/random-fleet.ts';
import {
  agreementRuns,
  chosenIds,
  expectThereAndBack,
  Outcomes,
  primaryId,
  secondaryIds,
} from '../../../test-support/rules-agree.ts';
import type { Intent } from '../../intent.ts';
import { plan } from '../plan.ts';

type TakeOver = Extract<Intent, { kind: 'take-over' }>;

const states = fc.record({
  online: fc.boolean(),
  amount: fc.constantFrom(
    { vq: 4, vi: 2 },
    { vq: 4, vi: 2 },
    { vq: 2, vi: 1 },
    { vq: 0, vi: 0 },
    { vq: 1, vi: 1 },
  ),
  driver: fc.constantFrom(null, null, 'nvme' as const, 'vfio-pci' as const),
  namespaces: fc.constantFrom([], [], [1]),
});
const wishes = fc.array(states, { minLength: 3, maxLength: 3 });
/** Most scripts leave the count of virtual functions as it is. */
const counts = fc.constantFrom(null, null, null, 0, 0, 6, 8, 8, 9999);

function wished(
  ids: readonly string[],
  given: readonly (typeof states extends fc.Arbitrary<infer V> ? V : never)[],
) {
  return ids.flatMap((secondaryId, index) => {
    const one = given[index];
    if (one === undefined) return [];
    const { online, amount, driver, namespaces } = one;
    return [{ secondaryId, online, ...amount, driver: online ? driver : null, namespaces: [...namespaces] }];
  });
}

const stateOf = ({ online, nvq, nvi, driver, attachedNamespaces }: SecondaryController) => ({
  ...{ online, vq: nvq, vi: nvi, driver, namespaces: attachedNamespaces },
});

describe('what a rehearsal left on its copy, taken over', () => {
  it('every step may run, there and back, and the functions are as they were rehearsed', () => {
    const outcomes = new Outcomes();
    let withCount = 0;
    fc.assert(
      fc.property(randomFleets, chosenIds, wishes, counts, (fleet, ids, given, count) => {
        const functions = wished(ids, given);
        const vfCounts = count === null ? [] : [{ primaryId, count }];
        const planned = plan(fleet, { kind: 'take-over', vfCounts, functions });
        outcomes.add(planned.ok);
        if (!planned.ok) {
          expect(planned.error.details?.length).toBeGreaterThan(0);
          return;
        }
        const there = expectThereAndBack(fleet, planned.value);
        for (const { secondaryId, ...state } of functions) {
          const secondary = findSecondary(there, secondaryId) as SecondaryController;
          expect(stateOf(secondary)).toEqual(state);
        }
        if (count === null) return;
        withCount += 1;
        expect(findPrimary(there, primaryId)?.numVfs).toBe(count);
      }),
      agreementRuns,
    );
    outcomes.expectBoth();
    expect(withCount).toBeGreaterThan(20);
  });

  it('nothing that must not be changed is, and a guest keeps its drive', () => {
    const outcomes = new Outcomes();
    fc.assert(
      fc.property(randomFleets, fc.constantFrom(...secondaryIds), states, (fleet, id, given) => {
        const secondary = findSecondary(fleet, id) as SecondaryController;
        const functions = wished([id], [given]);
        const planned = plan(fleet, { kind: 'take-over', vfCounts: [], functions });
        const against = secondaryChangeBlockers(fleet, secondary);
        const isStuck = against.length > 0 || secondary.virtualMachineId !== null;
        outcomes.add(isStuck);
        if (isStuck) expect(planned.ok).toBe(false);
      }),
      agreementRuns,
    );
    outcomes.expectBoth();
  });

  it('the difference that it makes is the same intent again, of which nothing is left to do', () => {
    let taken = 0;
    fc.assert(
      fc.property(randomFleets, chosenIds, wishes, (fleet, ids, given) => {
        const intent: TakeOver = { kind: 'take-over', vfCounts: [], functions: wished(ids, given) };
        const planned = plan(fleet, intent);
        if (!planned.ok) return;
        const there = expectThereAndBack(fleet, planned.value);
        const found = intentOfDifference(fleet, there);
        if (found.intent === null) throw new Error('The difference has no intent.');
        taken += 1;
        const byId = (one: TakeOver) => new Map(one.functions.map((each) => [each.secondaryId, each]));
        for (const [id, state] of byId(found.intent)) expect(byId(intent).get(id)).toEqual(state);
        const again = plan(there, found.intent);
        expect(again.ok ? '' : again.error.message).toContain('already as it was rehearsed');
        expect(plan(fleet, found.intent)).toMatchObject({ ok: true });
      }),
      agreementRuns,
    );
    expect(taken).toBeGreaterThan(20);
  });
});

describe('what is no procedure', () => {
  const changed = (fleet: Fleet, change: (copy: Fleet) => void): Fleet => {
    const copy = structuredClone(fleet);
    change(copy);
    return copy;
  };

  it('is left, and named: guests, primaries themselves, and what is new or gone', () => {
    const [fleet] = fc.sample(randomFleets, { seed: 7, numRuns: 1 });
    if (fleet === undefined) throw new Error('There is no fleet.');
    const inGuest = Object.values(fleet.controllers).find(
      (one) => one.role === 'secondary' && one.virtualMachineId !== null,
    );
    const after = changed(fleet, ({ controllers, namespaces }) => {
      Object.assign(controllers[inGuest?.id ?? ''] ?? {}, { online: false });
      Object.assign(controllers[primaryId] ?? {}, { driver: null });
      for (const id of Object.keys(namespaces).slice(0, 1)) delete namespaces[id];
    });
    const { intent, left } = intentOfDifference(fleet, after);
    expect(intent).toBeNull();
    expect(left.join('\n')).toMatch(/is in a guest, so it stays as it is/);
    expect(left.join('\n')).toMatch(/: driver is not part of the procedure/);
    expect(left.join('\n')).toMatch(/was removed by the script/);
  });

  it('an object that is gone is refused by name', () => {
    const [fleet] = fc.sample(randomFleets, { seed: 7, numRuns: 1 });
    if (fleet === undefined) throw new Error('There is no fleet.');
    const vfCounts = [{ primaryId: 'hv-z/0000:01:00.0', count: 4 }];
    const planned = plan(fleet, { kind: 'take-over', vfCounts, functions: [] });
    expect(planned.ok ? '' : planned.error.message).toContain('hv-z/0000:01:00.0 is no longer in the fleet');
  });
});
