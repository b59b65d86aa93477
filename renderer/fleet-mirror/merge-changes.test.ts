import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyFleetChange } from '#shared/fleet/apply-change.ts';
import type { FleetChange } from '#shared/fleet/change.ts';
import { fleetCollections } from '#shared/fleet/collections.ts';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { mergeChanges } from './merge-changes.ts';

const ids = fc.constantFrom('a', 'b', 'c', 'hv-a');
const part = fc.record({
  collection: fc.constantFrom(...fleetCollections),
  upserts: fc.dictionary(ids, fc.integer()),
  removals: fc.uniqueArray(ids),
});
const bursts = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) =>
  parts.map(
    ({ collection, upserts, removals }, index): FleetChange => ({
      revision: index + 1,
      upserts: { [collection]: upserts },
      removals: { [collection]: removals },
    }),
  ),
);

describe('merging a burst of changes', () => {
  it('has the effect of applying them one by one', () => {
    const fleet = fixtureFleet({ vfsPerPrimary: 2, members: [] });
    fc.assert(
      fc.property(bursts, (burst) => {
        const merged = mergeChanges(burst);
        expect(merged?.revision).toBe(burst.length);
        if (merged !== null)
          expect(applyFleetChange(fleet, merged)).toEqual(burst.reduce(applyFleetChange, fleet));
      }),
    );
    expect(mergeChanges([])).toBeNull();
  });
});
