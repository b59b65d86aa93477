import { expect, it } from 'vitest';
import type { SecondaryController } from '../fleet/schema.ts';
import { migrationFleet } from '../test-support/migration-fleet.ts';
import { touchedDrives } from './touched-drives.ts';

const fleet = migrationFleet();
const secondaries = Object.values(fleet.controllers).flatMap((one) =>
  one.role === 'secondary' ? [one] : [],
);
const [first, second] = secondaries as [SecondaryController, SecondaryController];

it('has no drive of which nothing is touched', () => {
  expect(touchedDrives(fleet, [], [])).toEqual([]);
  expect(touchedDrives(fleet, [{ id: first.primaryId, lines: [1] }], [])).toEqual([]);
});

it('shows the functions of a touched drive as they are, and which lines changed which', () => {
  const [drive] = touchedDrives(fleet, [{ id: first.id, lines: [4, 6] }], [second.id]);
  expect(drive).toMatchObject({ id: first.primaryId, left: 0 });
  const of = (id: string) => drive?.functions.find((one) => one.id === id);
  expect(of(first.id)).toMatchObject({ changed: true, threatened: false, lines: [4, 6], vq: first.nvq });
  expect(of(second.id)).toMatchObject({ changed: false, threatened: true, lines: [] });
  const there = secondaries.filter(
    ({ primaryId, pciAddress }) => primaryId === first.primaryId && pciAddress !== null,
  );
  expect(drive?.functions.length).toBe(there.length);
});

it('lists all that is touched, of the others only some, and counts what it leaves', () => {
  const many = structuredClone(fleet);
  for (let vfn = 100; vfn < 200; vfn += 1) {
    const id = `${first.primaryId}/${vfn}`;
    many.controllers[id] = { ...first, id, vfn, cntlid: vfn };
  }
  const last = `${first.primaryId}/199`;
  const [drive] = touchedDrives(many, [{ id: last, lines: [2] }], []);
  expect(drive?.functions).toHaveLength(32);
  expect(drive?.functions.at(-1)).toMatchObject({ id: last, changed: true });
  expect(drive?.left).toBeGreaterThan(60);
});
