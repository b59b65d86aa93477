import type { Fleet } from '#shared/fleet/schema.ts';
import { findSecondary } from '#shared/fleet/selectors.ts';
import { type Carry, hintWords, targetKey } from '../../carry/carry.ts';
import type { CarryPaint, DropHint } from '../paint/paint-model.ts';
import { boxRect, type Camera } from '../scene/geometry.ts';
import type { Box, Scene } from '../scene/scene.ts';

/** The target that a box stands for while these secondaries are carried, or null. */
export function boxTarget(fleet: Fleet, ids: readonly string[], box: Box): string | null {
  if (box.kind === 'virtual-subsystem' || box.kind === 'virtual-machine') return box.id;
  if (box.kind !== 'primary') return null;
  return ids.some((id) => findSecondary(fleet, id)?.primaryId === box.id) ? 'pool' : null;
}

/** What every box of the scene says while something is carried. Targets of other hosts say so. */
export function carryPaint(fleet: Fleet, scene: Scene, carry: Carry): CarryPaint | null {
  if (carry.mode === 'idle') return null;
  const hints = new Map<string, DropHint>();
  const options = new Map(carry.options.map((option) => [targetKey(option.target), option]));
  let over: string | null = null;
  for (const box of scene.boxes) {
    const key = boxTarget(fleet, carry.ids, box);
    if (key === null) continue;
    const option = options.get(key);
    if (option === undefined) hints.set(box.key, { allowed: false, words: 'on another host' });
    else hints.set(box.key, { allowed: option.verdict.allowed, words: hintWords(option) });
    if (key === carry.chosen && over === null) over = box.key;
  }
  return { ids: new Set(carry.ids), hints, over };
}

/** The target under a point of the canvas (CSS pixels). */
export function targetAt(
  fleet: Fleet,
  scene: Scene,
  ids: readonly string[],
  camera: Camera,
  ratio: number,
  point: { x: number; y: number },
): string | null {
  for (const box of scene.boxes) {
    const key = boxTarget(fleet, ids, box);
    if (key === null) continue;
    const rect = boxRect(box, camera, ratio);
    const x = point.x * ratio;
    const y = point.y * ratio;
    if (x >= rect.left && x < rect.right && y >= rect.top && y < rect.bottom) return key;
  }
  return null;
}
