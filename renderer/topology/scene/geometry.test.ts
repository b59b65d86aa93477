import { describe, expect, it } from 'vitest';
import { gestureOf, type Press } from '../../carry/gesture.ts';
import { fixtureFleet } from '../../test-support/fixture-fleet.ts';
import { cellsInside, clampCamera, fitCamera, revealBox, zoomAt } from './geometry.ts';
import { layoutFleet } from './layout.ts';

const scene = layoutFleet(fixtureFleet());
const view = { width: 1060, height: 600 };

describe('camera', () => {
  it('keeps the point under the pointer while zooming, and stays within its limits', () => {
    const camera = { x: 10, y: 20, zoom: 1 };
    const next = zoomAt(camera, 2, 300, 200);
    expect(next.zoom).toBe(2);
    expect(next.x + 300 / next.zoom).toBeCloseTo(camera.x + 300);
    expect(next.y + 200 / next.zoom).toBeCloseTo(camera.y + 200);
    expect(zoomAt(camera, 1000, 0, 0).zoom).toBe(3);
    expect(zoomAt(camera, 0.001, 0, 0).zoom).toBe(0.1);
  });

  it('fits the whole scene and never loses it out of view', () => {
    const { x, y, zoom } = fitCamera(scene, view);
    expect(x).toBeLessThanOrEqual(0);
    expect(y).toBeLessThanOrEqual(0);
    expect((scene.height - y) * zoom).toBeLessThanOrEqual(view.height + 1);
    const lost = clampCamera({ x: 99_999, y: -99_999, zoom: 1 }, scene, view);
    expect(lost.x).toBeLessThan(scene.width);
    expect(lost.y + view.height).toBeGreaterThan(0);
  });

  it('moves as little as needed to revealBox, not at all for what is in view', () => {
    const camera = { x: 0, y: 0, zoom: 1 };
    expect(revealBox(camera, { x: 100, y: 100, w: 50, h: 34 }, view)).toEqual(camera);
    const moved = revealBox(camera, { x: 100, y: 900, w: 50, h: 34 }, view);
    expect(moved.y).toBe(900 + 34 + 24 - 600);
  });
});

describe('lasso', () => {
  it('takes the cells that it touches', () => {
    const camera = { x: 0, y: 0, zoom: 1 };
    const x = scene.cells.x[0]!;
    const y = scene.cells.y[0]!;
    expect(cellsInside(scene, camera, 1, { x: x + 60, y: y + 5 }, { x: x - 5, y: y - 5 })).toEqual(
      scene.cells.ids.slice(0, 2),
    );
  });
});

describe('gesture', () => {
  const press: Press = { x: 0, y: 0, button: 0, shift: false, space: false, carries: ['a'] };
  it('becomes something only after the threshold, and then stays it', () => {
    expect(gestureOf('press', press, 2, 2)).toBe('press');
    expect(gestureOf('press', press, 5, 0)).toBe('carry');
    expect(gestureOf('carry', press, 0, 0)).toBe('carry');
  });
  it('pans on empty ground, with space and with the middle button; shift draws a lasso', () => {
    expect(gestureOf('press', { ...press, carries: [] }, 9, 0)).toBe('pan');
    expect(gestureOf('press', { ...press, space: true }, 9, 0)).toBe('pan');
    expect(gestureOf('press', { ...press, button: 1 }, 9, 0)).toBe('pan');
    expect(gestureOf('press', { ...press, shift: true }, 9, 0)).toBe('lasso');
  });
});
