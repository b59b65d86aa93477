import { capabilityBlockers } from '../../fleet/rules/assignment-blockers.ts';
import type { Controller, Fleet, HostCapabilityName } from '../../fleet/schema.ts';

/** Why nothing can be changed on the host of this controller, or not this kind of thing; empty when it can. */
export function controllerChangeBlockers(
  fleet: Fleet,
  controller: Controller,
  ...capabilities: readonly HostCapabilityName[]
): string[] {
  if (fleet.source.readOnly !== null) return [fleet.source.readOnly];
  const host = fleet.hosts[controller.hostId];
  return host === undefined
    ? [`The host of ${controller.id} is gone.`]
    : capabilityBlockers(host, ...capabilities);
}
