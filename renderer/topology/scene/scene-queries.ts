import type { Fleet } from '#shared/fleet/schema.ts';
import { secondariesOf } from '#shared/fleet/selectors.ts';
import { useCamera } from './camera-store.ts';
import type { Hit } from './geometry.ts';
import { cellHeight, cellWidth } from './metrics.ts';
import type { Scene } from './scene.ts';
import type { TreeItem } from './tree-items.ts';

/** The fleet id of what was hit. */
export function hitId(hit: Hit | null): string | null {
  if (hit === null) return null;
  return hit.kind === 'cell' ? hit.id : hit.box.id;
}

/** Where an object is drawn, in world units. */
export function placeOf(scene: Scene, id: string) {
  const index = scene.cells.indexOf.get(id);
  if (index !== undefined)
    return { x: scene.cells.x[index] ?? 0, y: scene.cells.y[index] ?? 0, w: cellWidth, h: cellHeight };
  return scene.boxes.find((box) => box.id === id && box.kind !== 'label') ?? null;
}

/** The middle of an item, in pixels of the window. */
export function centreOf(stage: HTMLElement | null, item: TreeItem): { x: number; y: number } {
  const { camera } = useCamera.getState();
  const bounds = stage?.getBoundingClientRect();
  return {
    x: (bounds?.left ?? 0) + (item.x + item.w / 2 - camera.x) * camera.zoom,
    y: (bounds?.top ?? 0) + (item.y + Math.min(item.h, 40) / 2 - camera.y) * camera.zoom,
  };
}

/** The primary whose secondaries are in the accessible tree when there are too many for all. */
export function activePrimaryOf(fleet: Fleet, scene: Scene, id: string | null): string | null {
  const controller = id === null ? undefined : fleet.controllers[id.replace(/^primary:/, '')];
  if (controller?.role === 'secondary') return controller.primaryId;
  if (controller?.role === 'primary') return controller.id;
  return scene.boxes.find(({ kind }) => kind === 'primary')?.id ?? null;
}

/** The first secondary behind a collapsed group, for dragging out of it. */
export function firstHidden(fleet: Fleet, scene: Scene, primaryId: string, key: string): string | null {
  const primary = fleet.controllers[primaryId];
  if (primary?.role !== 'primary') return null;
  const absent = key.endsWith(':absent');
  const found = secondariesOf(fleet, primary).find(
    (secondary) => !scene.cells.indexOf.has(secondary.id) && (secondary.pciAddress === null) === absent,
  );
  return found?.id ?? null;
}
