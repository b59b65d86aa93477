import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { cellLooks, cellStates, changedCells, packLook, unpackLook } from './cell-looks.ts';
import { layoutFleet } from './scene/layout.ts';

describe('looks of cells', () => {
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
        (look) => {
          expect(unpackLook(packLook(look))).toEqual(look);
        },
      ),
    );
  });

  it('tell exactly the cells whose secondary changed', () => {
    const fleet = fixtureFleet({ members: [3, 12] });
    const { cells } = layoutFleet(fleet);
    const before = cellLooks(fleet, cells, null);
    const id = cells.ids[5]!;
    const changed = structuredClone(fleet);
    const secondary = changed.controllers[id];
    if (secondary?.role === 'secondary') secondary.online = true;
    expect(changedCells(before, cellLooks(changed, cells, null))).toEqual([5]);
    expect(changedCells(before, cellLooks(structuredClone(fleet), cells, null))).toEqual([]);
  });

  it('dim what the filter does not let through', () => {
    const fleet = fixtureFleet();
    const { cells } = layoutFleet(fleet);
    const looks = cellLooks(fleet, cells, (secondary) => secondary.online);
    const dim = cells.ids.filter((_, index) => unpackLook(looks.values[index]!).dim);
    expect(dim).toHaveLength(cells.ids.length - 4);
  });
});
