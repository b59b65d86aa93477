import type { Controller, Fleet } from '#shared/fleet/schema.ts';
import { restKind } from './collapse.ts';
import type { Scene } from './scene.ts';

/**
 * Whether a change of the fleet surely leaves every place of the scene as it is, found without laying out: states and
 * resources of secondaries that are drawn one by one never move anything. When in doubt, false.
 */
export function sameStructure(before: Fleet, after: Fleet, scene: Scene): boolean {
  const same =
    before.hosts === after.hosts &&
    before.subsystems === after.subsystems &&
    before.namespaces === after.namespaces &&
    before.virtualSubsystems === after.virtualSubsystems &&
    sameKeys(before.virtualMachines, after.virtualMachines);
  if (!same) return false;
  if (before.controllers === after.controllers) return true;
  let count = 0;
  for (const id in after.controllers) {
    count += 1;
    const old = before.controllers[id];
    const now = after.controllers[id];
    if (old === now) continue;
    if (old === undefined || now === undefined || !samePlace(old, now, scene)) return false;
  }
  return Object.keys(before.controllers).length === count;
}

/** Whether a controller that changed keeps its place and its size. */
function samePlace(old: Controller, now: Controller, scene: Scene): boolean {
  if (old.role !== now.role || old.subsystemId !== now.subsystemId) return false;
  if (old.role === 'secondary' && now.role === 'secondary')
    return (
      old.primaryId === now.primaryId &&
      old.vfn === now.vfn &&
      (scene.cells.indexOf.has(now.id) || restKind(old) === restKind(now))
    );
  if (old.role === 'primary' && now.role === 'primary')
    return (
      (old.vq.supported || old.vi.supported) === (now.vq.supported || now.vi.supported) &&
      old.secondaryIds.length === now.secondaryIds.length &&
      old.secondaryIds.every((id, index) => id === now.secondaryIds[index])
    );
  return true;
}

function sameKeys(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): boolean {
  if (before === after) return true;
  const keys = Object.keys(after);
  return keys.length === Object.keys(before).length && keys.every((key) => key in before);
}
