import type { Fleet } from '#shared/fleet/schema.ts';
import { definitionOf, type Step } from '#shared/procedure/step.ts';
import { stepHostIds, stepManager } from '#shared/procedure/step-hosts.ts';
import type { HostScope } from '../fleet/fleet-writer.ts';

/** What must be read again to see whether a step had its effect. */
export function stepScope(step: Step, fleet: Fleet): HostScope[] {
  const manager = stepManager(step, fleet);
  const address = manager?.pciAddress ?? manager?.deviceName ?? null;
  const parts = definitionOf(step).scope(step, fleet);
  return stepHostIds(step, fleet).map((hostId) => ({
    hostId,
    controllers:
      parts !== null && address !== null && manager?.hostId === hostId ? [{ address, ...parts }] : [],
  }));
}
