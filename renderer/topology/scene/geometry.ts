import { cellHeight, cellWidth, largestZoom, smallestZoom } from './metrics.ts';
import type { Box, Scene } from './scene.ts';

/** The part of the world that is seen: the world point at the top left corner, and the scale. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** Width and height; the unit is said where it is used. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle in device pixels, whole numbers; right and bottom are outside. */
export interface DeviceRect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Where a world rectangle is on the canvas. The one function for drawing and for the hit test, at every zoom. */
export function toDevice(
  camera: Camera,
  ratio: number,
  x: number,
  y: number,
  w: number,
  h: number,
): DeviceRect {
  const scale = camera.zoom * ratio;
  return {
    left: Math.round((x - camera.x) * scale),
    top: Math.round((y - camera.y) * scale),
    right: Math.round((x + w - camera.x) * scale),
    bottom: Math.round((y + h - camera.y) * scale),
  };
}

/** Where the cell with this index is on the canvas, in device pixels. */
export function cellRect(scene: Scene, index: number, camera: Camera, ratio: number): DeviceRect {
  return toDevice(camera, ratio, scene.cells.x[index] ?? 0, scene.cells.y[index] ?? 0, cellWidth, cellHeight);
}

/** Where a box is on the canvas, in device pixels. */
export function boxRect(box: Box, camera: Camera, ratio: number): DeviceRect {
  return toDevice(camera, ratio, box.x, box.y, box.w, box.h);
}

/** What lies under a point of the canvas. */
export type Hit =
  | { readonly kind: 'cell'; readonly index: number; readonly id: string }
  | { readonly kind: 'box'; readonly box: Box };

/** Right and bottom are outside, so that a point between two neighbours belongs to one of them. */
function inside(rect: DeviceRect, x: number, y: number): boolean {
  return x >= rect.left && x < rect.right && y >= rect.top && y < rect.bottom;
}

/** What is at a point of the canvas (CSS pixels): the innermost thing, or null. */
export function hitTest(scene: Scene, camera: Camera, ratio: number, px: number, py: number): Hit | null {
  const x = px * ratio;
  const y = py * ratio;
  for (const range of scene.hosts) {
    const host = scene.boxes[range.box];
    if (host === undefined || !inside(boxRect(host, camera, ratio), x, y)) continue;
    for (let index = range.cellStart; index < range.cellEnd; index += 1) {
      const id = scene.cells.ids[index];
      if (id !== undefined && inside(cellRect(scene, index, camera, ratio), x, y))
        return { kind: 'cell', index, id };
    }
    // Backwards: what is painted last lies on top.
    for (let index = range.boxEnd - 1; index >= range.box; index -= 1) {
      const box = scene.boxes[index];
      if (box === undefined || box.kind === 'label') continue;
      if (inside(boxRect(box, camera, ratio), x, y)) return { kind: 'box', box };
    }
  }
  return null;
}

/** The cells that touch a rectangle of the canvas (CSS pixels), for the lasso. */
export function cellsInside(
  scene: Scene,
  camera: Camera,
  ratio: number,
  from: { x: number; y: number },
  to: { x: number; y: number },
): string[] {
  const left = Math.min(from.x, to.x) * ratio;
  const right = Math.max(from.x, to.x) * ratio;
  const top = Math.min(from.y, to.y) * ratio;
  const bottom = Math.max(from.y, to.y) * ratio;
  return scene.cells.ids.filter((_, index) => {
    const rect = cellRect(scene, index, camera, ratio);
    return rect.left < right && rect.right > left && rect.top < bottom && rect.bottom > top;
  });
}

function clampZoom(zoom: number): number {
  return Math.min(largestZoom, Math.max(smallestZoom, zoom));
}

/** Zooms so that the world point under (px, py) stays there. */
export function zoomAt(camera: Camera, factor: number, px: number, py: number): Camera {
  const zoom = clampZoom(camera.zoom * factor);
  return {
    x: camera.x + px / camera.zoom - px / zoom,
    y: camera.y + py / camera.zoom - py / zoom,
    zoom,
  };
}

/** Keeps at least a corner of the scene in view. */
export function clampCamera(camera: Camera, scene: Scene, view: Size): Camera {
  // 80 CSS pixels of the scene stay in view, whatever the zoom.
  const margin = 80 / camera.zoom;
  const clamp = (value: number, low: number, high: number) =>
    Math.min(Math.max(value, low), Math.max(low, high));
  return {
    zoom: camera.zoom,
    x: clamp(camera.x, margin - view.width / camera.zoom, scene.width - margin),
    y: clamp(camera.y, margin - view.height / camera.zoom, scene.height - margin),
  };
}

/** The whole scene in view, never larger than 100 %. */
export function fitCamera(scene: Scene, view: Size): Camera {
  const zoom = clampZoom(Math.min(1, view.width / scene.width, view.height / scene.height));
  return {
    zoom,
    x: (scene.width - view.width / zoom) / 2,
    y: Math.min(0, (scene.height - view.height / zoom) / 2),
  };
}

/** The first camera: all hosts side by side as wide as they go, from the top; text stays readable. */
export function initialCamera(scene: Scene, view: Size): Camera {
  // Below 0.6 cells lose their text, see `plainZoom`.
  const zoom = Math.max(0.6, Math.min(1, view.width / scene.width));
  return { zoom, x: Math.min(0, (scene.width - view.width / zoom) / 2), y: 0 };
}

/** The camera moved as little as needed so that a rectangle is in view. */
export function revealBox(camera: Camera, box: Pick<Box, 'x' | 'y' | 'w' | 'h'>, view: Size): Camera {
  // Not to the very edge: what stands beside it tells where one is.
  const margin = 24 / camera.zoom;
  const along = (position: number, low: number, size: number, extent: number) => {
    const seen = extent / camera.zoom;
    if (low - margin < position) return low - margin;
    if (low + size + margin > position + seen) return Math.min(low - margin, low + size + margin - seen);
    return position;
  };
  return {
    zoom: camera.zoom,
    x: along(camera.x, box.x, box.w, view.width),
    y: along(camera.y, box.y, box.h, view.height),
  };
}
