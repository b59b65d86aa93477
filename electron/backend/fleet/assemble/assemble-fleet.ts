import type {
  Controller,
  Fleet,
  FleetSource,
  Host,
  Problem,
  Subsystem,
  VirtualMachine,
  VirtualSubsystem,
} from '#shared/fleet/schema.ts';
import { tableOf } from '#shared/tables.ts';
import { mergeNamespaces } from './assemble-namespaces.ts';
import type { HostPart } from './host-part.ts';

/** A host that could not even be described. */
export interface UnreadHost {
  readonly hostId: string;
  readonly problem: Problem;
}

/**
 * Joins the parts of all hosts: what links hosts (namespaces of an NVM subsystem that several of them reach) is right by
 * construction, and everything else stays the very object that its part holds, so that a comparison with the fleet before
 * costs nothing for hosts that were not read again. Pure.
 */
export function assembleFleet(
  source: FleetSource,
  parts: readonly HostPart[],
  unread: readonly UnreadHost[],
): Fleet {
  const silent = new Set(unread.map(({ hostId }) => hostId));
  const controllers = tableOf<Controller>();
  const subsystems = tableOf<Subsystem>();
  const virtualSubsystems = tableOf<VirtualSubsystem>();
  const virtualMachines = tableOf<VirtualMachine>();
  const namespaces = mergeNamespaces(parts);
  for (const part of parts) {
    for (const controller of part.controllers) {
      controllers[controller.id] = controller;
      subsystems[controller.subsystemId] ??= { id: controller.subsystemId, nqn: controller.subsystemId };
    }
    for (const virtual of part.virtualSubsystems) virtualSubsystems[virtual.id] = virtual;
    for (const machine of part.virtualMachines) virtualMachines[machine.id] = machine;
    for (const [namespaceId, ids] of part.attachedElsewhere)
      for (const id of ids) attach(controllers, id, namespaces[namespaceId]?.nsid);
  }
  return {
    source,
    hosts: tableOf<Host>(
      parts.map(({ host }) => [host.id, silent.has(host.id) ? { ...host, unread: true } : host]),
    ),
    subsystems,
    controllers,
    namespaces,
    virtualSubsystems,
    virtualMachines,
    problems: unread.map((entry) => entry.problem),
  };
}

/** Notes a namespace that only another host's controllers described. */
function attach(controllers: Record<string, Controller>, id: string, nsid: number | undefined): void {
  const controller = controllers[id];
  if (controller === undefined || nsid === undefined) return;
  const attachedNamespaces = [...controller.attachedNamespaces, nsid].sort((left, right) => left - right);
  controllers[id] = { ...controller, attachedNamespaces };
}
