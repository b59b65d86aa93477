import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { fixtureFleet } from '../../test-support/fixture-fleet.ts';
import { boxRect, type Camera, cellRect, hitTest } from './geometry.ts';
import { layoutFleet } from './layout.ts';
import { cellHeight, cellWidth, largestZoom, smallestZoom } from './metrics.ts';
import { type Scene, samePlaces } from './scene.ts';

const fleets = fc
  .record({
    hosts: fc.integer({ min: 1, max: 5 }),
    primariesPerHost: fc.integer({ min: 1, max: 3 }),
    vfsPerPrimary: fc.integer({ min: 0, max: 40 }),
    members: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 9 }),
  })
  .map((size) => fixtureFleet({ ...size, members: size.members.filter((vfn) => vfn <= size.vfsPerPrimary) }));
const cameras = fc.record({
  x: fc.double({ min: -500, max: 2000, noNaN: true }),
  y: fc.double({ min: -500, max: 2000, noNaN: true }),
  zoom: fc.double({ min: smallestZoom, max: largestZoom, noNaN: true }),
});
const ratios = fc.constantFrom(1, 1.25, 1.5, 2);

type Rectangle = { x: number; y: number; w: number; h: number };

function cellsOf(scene: Scene): Rectangle[] {
  return scene.cells.ids.map((_, index) => ({
    x: scene.cells.x[index]!,
    y: scene.cells.y[index]!,
    w: cellWidth,
    h: cellHeight,
  }));
}

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

function overlaps(all: readonly Rectangle[]): Rectangle[] {
  return all.filter((one, index) => all.slice(index + 1).some((other) => overlap(one, other)));
}

function contains(outer: Rectangle, inner: Rectangle): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.w <= outer.x + outer.w &&
    inner.y + inner.h <= outer.y + outer.h
  );
}

function centreOf(rect: { left: number; right: number; top: number; bottom: number }, ratio: number) {
  return {
    x: Math.floor((rect.left + rect.right) / 2) / ratio,
    y: Math.floor((rect.top + rect.bottom) / 2) / ratio,
  };
}

describe('layout of the topology', () => {
  it('never lets two things overlap that do not contain each other', () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        const scene = layoutFleet(fleet);
        const hosts = scene.boxes.filter(({ kind }) => kind === 'host');
        expect(overlaps(hosts)).toEqual([]);
        const leaves = [
          ...cellsOf(scene),
          ...scene.boxes.filter(({ kind }) =>
            ['slot', 'more', 'virtual-machine', 'namespace', 'plain'].includes(kind),
          ),
        ];
        expect(overlaps(leaves)).toEqual([]);
      }),
      { numRuns: numRuns(20, 400) },
    );
  });

  it('keeps every cell inside its primary and everything inside its host', () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        const scene = layoutFleet(fleet);
        for (const range of scene.hosts) {
          const host = scene.boxes[range.box]!;
          const inside = scene.boxes.slice(range.box + 1, range.boxEnd);
          for (const box of inside) expect(contains(host, box), box.key).toBe(true);
          const cells = cellsOf(scene).slice(range.cellStart, range.cellEnd);
          const primaries = inside.filter(({ kind }) => kind === 'primary');
          for (const cell of cells) expect(primaries.some((primary) => contains(primary, cell))).toBe(true);
        }
      }),
      { numRuns: numRuns(20, 400) },
    );
  });

  it('finds the cell and the leaf box under their own centre at every zoom and pixel ratio', () => {
    fc.assert(
      fc.property(fleets, cameras, ratios, (fleet, camera: Camera, ratio) => {
        const scene = layoutFleet(fleet);
        for (const [index, id] of scene.cells.ids.entries()) {
          const { x, y } = centreOf(cellRect(scene, index, camera, ratio), ratio);
          expect(hitTest(scene, camera, ratio, x, y)).toEqual({ kind: 'cell', index, id });
        }
        for (const box of scene.boxes.filter(({ kind }) => kind === 'slot' || kind === 'virtual-machine')) {
          const { x, y } = centreOf(boxRect(box, camera, ratio), ratio);
          expect(hitTest(scene, camera, ratio, x, y)).toEqual({ kind: 'box', box });
        }
      }),
      { numRuns: numRuns(20, 400) },
    );
  });

  it('shows every secondary as a cell or in a collapsed group, never twice', () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        const scene = layoutFleet(fleet);
        const grouped = scene.boxes
          .filter(({ kind }) => kind === 'more')
          .reduce((sum, { text }) => sum + Number.parseInt(text, 10), 0);
        const secondaries = Object.values(fleet.controllers).filter(({ role }) => role === 'secondary');
        expect(new Set(scene.cells.ids).size).toBe(scene.cells.ids.length);
        expect(scene.cells.ids.length + grouped).toBe(secondaries.length);
      }),
      { numRuns: numRuns(20, 400) },
    );
  });

  it('moves nothing when states change, and does not move back when a shown cell becomes free', () => {
    const fleet = fixtureFleet({ members: [3, 12] });
    const before = layoutFleet(fleet);
    expect(before.boxes.filter(({ kind }) => kind === 'more').map(({ text }) => text)).toEqual([
      '17 × free',
      '17 × free',
    ]);
    const freed = structuredClone(fleet);
    for (const controller of Object.values(freed.controllers))
      if (controller.role === 'secondary' && controller.vfn === 12) {
        controller.online = false;
        controller.virtualSubsystemId = null;
        controller.driver = null;
      }
    expect(samePlaces(before, layoutFleet(freed, before.shown))).toBe(true);
    expect(samePlaces(before, layoutFleet(freed))).toBe(false);
  });

  it('lays out ten thousand secondaries without measuring anything', () => {
    const fleet: Fleet = fixtureFleet({ hosts: 25, primariesPerHost: 4, vfsPerPrimary: 100, members: [100] });
    const scene = layoutFleet(fleet, new Map(Object.keys(fleet.controllers).map((id) => [id, Infinity])));
    expect(scene.cells.ids.length).toBe(10_000);
  });
});
