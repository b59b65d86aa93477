import type { Fleet } from '#shared/fleet/schema.ts';

/** The ids that stand in one host, in the order in which they are drawn. */
export interface HostContent {
  readonly machines: readonly string[];
  readonly virtualSubsystems: readonly string[];
  /** Controllers by subsystem id; secondaries are reached through their primaries. */
  readonly subsystems: ReadonlyMap<string, readonly string[]>;
  readonly namespaces: ReadonlyMap<string, readonly string[]>;
}

/** A host with nothing in it. */
export const emptyContent: HostContent = {
  machines: [],
  virtualSubsystems: [],
  subsystems: new Map(),
  namespaces: new Map(),
};

/** Orders ids by code unit: the same on every machine, whatever its language. */
export function compareIds(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** What stands in each host, by host id. */
export function contentByHost(fleet: Fleet): Map<string, HostContent> {
  const content = new Map(
    Object.keys(fleet.hosts).map((id) => [
      id,
      {
        machines: [] as string[],
        virtualSubsystems: [] as string[],
        subsystems: new Map<string, string[]>(),
        namespaces: new Map<string, string[]>(),
      },
    ]),
  );
  const namespaces = new Map<string, string[]>();
  for (const namespace of Object.values(fleet.namespaces).sort((left, right) => left.nsid - right.nsid))
    namespaces.set(namespace.subsystemId, [...(namespaces.get(namespace.subsystemId) ?? []), namespace.id]);
  for (const machine of Object.values(fleet.virtualMachines))
    content.get(machine.hostId)?.machines.push(machine.id);
  for (const virtual of Object.values(fleet.virtualSubsystems))
    content.get(virtual.hostId)?.virtualSubsystems.push(virtual.id);
  for (const controller of Object.values(fleet.controllers)) {
    if (controller.role === 'secondary') continue;
    const host = content.get(controller.hostId);
    const list = host?.subsystems.get(controller.subsystemId);
    if (list === undefined) host?.subsystems.set(controller.subsystemId, [controller.id]);
    else list.push(controller.id);
    host?.namespaces.set(controller.subsystemId, namespaces.get(controller.subsystemId) ?? []);
  }
  for (const host of content.values()) {
    host.machines.sort(compareIds);
    host.virtualSubsystems.sort(compareIds);
    for (const controllers of host.subsystems.values()) controllers.sort(compareIds);
  }
  return content;
}
