import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fleet, SecondaryController } from '#shared/fleet/schema.ts';
import { fixtureFleet } from '../../test-support/fixture-fleet.ts';
import { cellAppearances, refreshAppearances } from '../cell-appearance.ts';
import { layoutFleet } from './layout.ts';
import { sameStructure } from './same-structure.ts';
import { samePlaces } from './scene.ts';

const fleet = fixtureFleet({ members: [3, 12] });
const scene = layoutFleet(fleet);
const secondaryIds = Object.keys(fleet.controllers).filter(
  (id) => fleet.controllers[id]?.role === 'secondary',
);
const changes = fc.array(
  fc.record({
    id: fc.constantFrom(...secondaryIds),
    patch: fc.record<Partial<SecondaryController>>(
      {
        online: fc.boolean(),
        nvq: fc.integer({ min: 0, max: 16 }),
        pciAddress: fc.constantFrom(null, '0000:41:09.0'),
        driver: fc.constantFrom(null, 'nvme', 'vfio-pci'),
      },
      { requiredKeys: [] },
    ),
  }),
  { maxLength: 6 },
);

function apply(list: readonly { id: string; patch: Partial<SecondaryController> }[]): Fleet {
  const controllers = { ...fleet.controllers };
  for (const { id, patch } of list)
    controllers[id] = { ...(controllers[id] as SecondaryController), ...patch };
  return { ...fleet, controllers };
}

describe('keeping the scene through changes', () => {
  it('never keeps a scene that a new layout would change', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const after = apply(list);
        if (sameStructure(fleet, after, scene))
          expect(samePlaces(scene, layoutFleet(after, scene.shown))).toBe(true);
      }),
    );
  });

  it('keeps it for states of secondaries that are drawn, lays out anew for hidden ones', () => {
    const drawn = scene.cells.ids[4]!;
    const hidden = secondaryIds.find((id) => !scene.cells.indexOf.has(id))!;
    expect(sameStructure(fleet, apply([{ id: drawn, patch: { online: true } }]), scene)).toBe(true);
    expect(sameStructure(fleet, apply([{ id: hidden, patch: { online: true } }]), scene)).toBe(false);
    expect(sameStructure(fleet, { ...fleet, hosts: {} }, scene)).toBe(false);
  });

  it('refreshes appearances to what a full computation gives', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const after = apply(list);
        const refreshed = refreshAppearances(
          cellAppearances(fleet, scene.cells, null),
          fleet,
          after,
          scene.cells,
        );
        expect(refreshed).toEqual(cellAppearances(after, scene.cells, null));
      }),
    );
  });
});
