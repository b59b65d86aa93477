import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import {
  cellAppearances,
  cellStates,
  changedCells,
  packAppearance,
  unpackAppearance,
} from './cell-appearance.ts';
import { layoutFleet } from './scene/layout.ts';

describe('appearances of cells', () => {
  it('survive packing', () => {
    fc.assert(
      fc.property(
        fc.record({
          state: fc.constantFrom(...cellStates),
          tint: fc.integer({ min: 0, max: 6 }),
          machine: fc.boolean(),
          dim: fc.boolean(),
          nvq: fc.integer({ min: 0, max: 0xffff }),
          nvi: fc.integer({ min: 0, max: 0xffff }),
        }),
        (appearance) => {
          expect(unpackAppearance(packAppearance(appearance))).toEqual(appearance);
        },
      ),
    );
  });

  it('tell exactly the cells whose secondary changed', () => {
    const fleet = fixtureFleet({ members: [3, 12] });
    const { cells } = layoutFleet(fleet);
    const before = cellAppearances(fleet, cells, null);
    const id = cells.ids[5]!;
    const changed = structuredClone(fleet);
    const secondary = changed.controllers[id];
    if (secondary?.role === 'secondary') secondary.online = true;
    expect(changedCells(before, cellAppearances(changed, cells, null))).toEqual([5]);
    expect(changedCells(before, cellAppearances(structuredClone(fleet), cells, null))).toEqual([]);
  });

  it('dim what the filter does not let through', () => {
    const fleet = fixtureFleet();
    const { cells } = layoutFleet(fleet);
    const appearances = cellAppearances(fleet, cells, (secondary) => secondary.online);
    const dim = cells.ids.filter((_, index) => unpackAppearance(appearances.values[index]!).dim);
    expect(dim).toHaveLength(cells.ids.length - 4);
  });
});
