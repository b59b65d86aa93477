import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle } from '#shared/fleet/selectors.ts';
import { formatHex } from '../ui/format.ts';

/** Everything that identifies an object, one fact a line, nothing shortened. */
export function fullIdentity(fleet: Fleet, id: string): string {
  const controller = fleet.controllers[id];
  if (controller !== undefined) {
    const { identity } = controller;
    return lines([
      ['Controller', controllerFullTitle(fleet, controller)],
      ['CNTLID', formatHex(controller.cntlid)],
      ['PCI address', controller.pciAddress],
      ['Device', controller.deviceName === null ? null : `/dev/${controller.deviceName}`],
      ['Subsystem NQN', identity?.subsystemNqn ?? controller.subsystemId],
      ['Serial number', identity?.serialNumber],
      ['Model number', identity?.modelNumber],
      ['Firmware revision', identity?.firmwareRevision],
    ]);
  }
  const virtual = fleet.virtualSubsystems[id];
  if (virtual !== undefined)
    return lines([
      ['Virtual NQN', virtual.nqn],
      ['Serial number', virtual.identity.serialNumber],
      ['Model number', virtual.identity.modelNumber],
      ['Firmware revision', virtual.identity.firmwareRevision],
      ['Primary controller', virtual.primaryId],
    ]);
  const namespace = fleet.namespaces[id];
  if (namespace !== undefined)
    return lines([
      ['NSID', String(namespace.nsid)],
      ['Subsystem NQN', fleet.subsystems[namespace.subsystemId]?.nqn ?? namespace.subsystemId],
      ['NGUID', namespace.nguid],
      ['EUI-64', namespace.eui64],
      ['UUID', namespace.uuid],
    ]);
  return fleet.virtualMachines[id]?.name ?? fleet.hosts[id]?.name ?? fleet.subsystems[id]?.nqn ?? id;
}

/** Facts that are not known are left out. */
function lines(facts: readonly (readonly [string, string | null | undefined])[]): string {
  return facts
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}
