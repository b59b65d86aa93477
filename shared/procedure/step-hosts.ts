import type { Controller, Fleet } from '../fleet/schema.ts';
import { findPrimary, findSecondary } from '../fleet/selectors.ts';
import { definitionOf, type Step } from './step.ts';

/** Every host whose objects a step changes, the one it runs on first: those must be read again after it. */
export function stepHostIds(step: Step, fleet: Fleet): string[] {
  const { controllers = [], machines = [], hosts = [] } = definitionOf(step).targets(step);
  return [
    ...new Set([
      ...controllers.map((id) => fleet.controllers[id]?.hostId ?? beforeMark(id, '/')),
      ...machines.map((id) => fleet.virtualMachines[id]?.hostId ?? beforeMark(id, ':')),
      ...hosts,
    ]),
  ];
}

/** The controller whose admin queue takes the management commands for what a step changes. */
export function stepManager(step: Step, fleet: Fleet): Controller | undefined {
  const [controllerId] = definitionOf(step).targets(step).controllers ?? [];
  if (controllerId === undefined) return undefined;
  const primaryId = findSecondary(fleet, controllerId)?.primaryId ?? controllerId;
  return findPrimary(fleet, primaryId) ?? fleet.controllers[controllerId];
}

/** Ids begin with their host's, so the host is known even when the object itself is gone. */
function beforeMark(id: string, mark: string): string {
  return id.slice(0, Math.max(0, id.indexOf(mark)));
}
