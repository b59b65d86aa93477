import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyFleetChange, withTables } from './fleet/apply-change.ts';
import { diffFleets } from './fleet/change.ts';
import { fleetCollections } from './fleet/collections.ts';
import { lookUp, tableOf, tableWith, tableWithout } from './tables.ts';
import { everyObjectsNames } from './test-support/every-objects-names.ts';
import { migrationFleet } from './test-support/migration-fleet.ts';

import { numRuns } from './test-support/property-runs.ts';

describe('tables by ids from outside', () => {
  it.each(everyObjectsNames)('do not have %s unless it was put there', (name) => {
    const tables = [
      tableOf<number>(),
      tableOf([['a', 1]]),
      tableWith({ a: 1 }, { b: 2 }),
      tableWithout(
        tableOf([
          [name, 1],
          ['a', 1],
        ]),
        name,
      ),
    ];
    for (const table of tables) {
      expect(table[name]).toBeUndefined();
      expect(name in table).toBe(false);
    }
    expect(lookUp({ a: 1 }, name)).toBeUndefined();
    const stored = tableWith(tableOf([['a', 1]]), tableOf([[name, 2]]));
    expect([stored[name], stored.a, Object.keys(stored).length]).toEqual([2, 1, 2]);
    expect(lookUp(stored, name)).toBe(2);
  });

  it('behave as a Map does, whatever the ids are', () => {
    const id = fc.oneof(fc.constantFrom(...everyObjectsNames), fc.string());
    fc.assert(
      fc.property(fc.array(fc.tuple(id, fc.nat())), id, (entries, asked) => {
        const map = new Map(entries);
        expect(tableOf(entries)[asked]).toBe(map.get(asked));
        expect(Object.keys(tableOf(entries)).sort()).toEqual([...map.keys()].sort());
        map.delete(asked);
        expect(Object.keys(tableWithout(tableOf(entries), asked)).sort()).toEqual([...map.keys()].sort());
      }),
      { numRuns: numRuns(300, 10_000) },
    );
  });

  it('are what a fleet is made of, from a text and after a change', () => {
    const fleet = withTables(JSON.parse(JSON.stringify(migrationFleet())));
    const [id, machine] = Object.entries(fleet.virtualMachines)[0]!;
    const next = { ...fleet, virtualMachines: { [id]: { ...machine, state: 'paused' as const } } };
    const changed = applyFleetChange(fleet, diffFleets(fleet, next, 1)!);
    expect(changed.virtualMachines[id]?.state).toBe('paused');
    for (const each of [fleet, changed])
      for (const collection of fleetCollections) expect(Object.getPrototypeOf(each[collection])).toBeNull();
  });
});
