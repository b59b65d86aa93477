import { expect, it } from 'vitest';
import { migrationFleet } from '../test-support/migration-fleet.ts';
import { fleetDifference } from './difference.ts';

const fleet = migrationFleet();
const [secondary] = Object.values(fleet.controllers).filter((one) => one.role === 'secondary');
if (secondary === undefined) throw new Error('The fleet has no secondary controller.');

it('of the same fleet is nothing, also where its objects were read anew', () => {
  expect(fleetDifference(fleet, fleet)).toEqual([]);
  expect(fleetDifference(fleet, structuredClone(fleet))).toEqual([]);
});

it('names the fields that differ, before and after', () => {
  const changed = { ...secondary, nvq: secondary.nvq + 3, driver: 'vfio-pci-x' };
  const after = { ...fleet, controllers: { ...fleet.controllers, [secondary.id]: changed } };
  expect(fleetDifference(fleet, after)).toEqual([
    {
      id: secondary.id,
      title: expect.stringContaining('VF'),
      kind: 'changed',
      fields: [
        { name: 'driver', before: secondary.driver ?? 'none', after: 'vfio-pci-x' },
        { name: 'VQ', before: String(secondary.nvq), after: String(secondary.nvq + 3) },
      ],
    },
  ]);
});

it('has what is gone and what is new', () => {
  const { [secondary.id]: _gone, ...controllers } = fleet.controllers;
  const [removed] = fleetDifference(fleet, { ...fleet, controllers });
  expect(removed).toMatchObject({ id: secondary.id, kind: 'removed' });
  const [added] = fleetDifference({ ...fleet, controllers }, fleet);
  expect(added).toMatchObject({ id: secondary.id, kind: 'added' });
  expect(added?.fields.every(({ before }) => before === '–')).toBe(true);
});
