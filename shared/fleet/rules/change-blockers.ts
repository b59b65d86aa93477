import type { Controller, Fleet, Host, HostCapabilityName, SecondaryController } from '../schema.ts';
import { controllerTitle, controllingPrimary, isMigrating, machineOf } from '../selectors.ts';

/** The reason why a host connection cannot do something; empty when it can. */
export function capabilityBlockers(host: Host, ...names: readonly HostCapabilityName[]): string[] {
  return names.flatMap((name) => {
    const capability = host.capabilities[name];
    return capability.available ? [] : [`${host.name}: ${capability.reason}`];
  });
}

/** Why nothing can be changed on the host of this controller, or not this kind of thing; empty when it can. */
export function controllerChangeBlockers(
  fleet: Fleet,
  controller: Controller,
  ...capabilities: readonly HostCapabilityName[]
): string[] {
  if (fleet.source.readOnly !== null) return [fleet.source.readOnly];
  const host = fleet.hosts[controller.hostId];
  return host === undefined
    ? [`The host of ${controllerTitle(controller)} is no longer in the fleet.`]
    : capabilityBlockers(host, ...capabilities);
}

/** What stands against any change of a secondary controller, whatever the change. */
export function secondaryChangeBlockers(fleet: Fleet, secondary: SecondaryController): string[] {
  return [
    ...controllerChangeBlockers(fleet, secondary, 'changeControllers'),
    ...unmanagedBlockers(fleet, secondary),
    ...migratingBlockers(fleet, secondary),
  ];
}

/** Every change of a secondary goes through its controlling function (NVMe Base 2.1, 8.2.6). */
export function unmanagedBlockers(fleet: Fleet, secondary: SecondaryController): string[] {
  return controllingPrimary(fleet, secondary) === undefined
    ? [`The primary controller of ${controllerTitle(secondary)} cannot be read, so nothing can manage it.`]
    : [];
}

/** While a state is saved or loaded, nothing else may touch the controller. */
export function migratingBlockers(fleet: Fleet, secondary: SecondaryController): string[] {
  if (!isMigrating(fleet, secondary)) return [];
  const machine = machineOf(fleet, secondary);
  return [
    `${controllerTitle(secondary)} is migrating${machine ? ` with ${machine.name}` : ''} (${secondary.vfioState ?? 'incoming'}). ` +
      'Wait for the migration to end, or abort it.',
  ];
}
