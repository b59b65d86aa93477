import type { Controller, Fleet } from '../fleet/schema.ts';
import { groupBy } from './subject.ts';

/**
 * For whoever compares a source with many destinations: the fleet with the controllers of the hosts that are asked for, and
 * those that have a namespace, because the checks name them. Ten thousand controllers are walked once instead of for every
 * check of every destination.
 */
export function narrowFleet(fleet: Fleet): (hostIds: readonly string[]) => Fleet {
  const byHost = groupBy(Object.values(fleet.controllers), ({ hostId }) => hostId);
  const attached = Object.values(fleet.namespaces).flatMap(({ attachedTo }) => attachedTo);
  return (hostIds) => {
    const controllers: Record<string, Controller> = {};
    for (const hostId of hostIds)
      for (const controller of byHost.get(hostId) ?? []) controllers[controller.id] = controller;
    for (const id of attached) {
      const controller = fleet.controllers[id];
      if (controller !== undefined) controllers[id] = controller;
    }
    return { ...fleet, controllers };
  };
}
