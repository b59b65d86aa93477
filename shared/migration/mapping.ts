import { isSameNamespace } from '../fleet/rules/same-namespace.ts';
import type { Fleet, PrimaryController, SecondaryController } from '../fleet/schema.ts';
import { findSecondary, isInPool, secondariesOf } from '../fleet/selectors.ts';
import { lookUp } from '../tables.ts';
import { judgeMigration } from './checks/compatibility.ts';
import { defaultMigrationOptions } from './default-options.ts';
import { isFreeDestination } from './destination-rules.ts';
import { provisionableIds } from './provisioned-destinations.ts';
import type { DeviceMapping, MigrationRequest } from './request.ts';
import { groupBy } from './subject.ts';
import { needsCopy } from './user-data/needs-copy.ts';

/** A mapping to start from, and the devices for which the destination has no free secondary controller. */
export interface ProposedMapping {
  readonly devices: DeviceMapping[];
  /** Ids of source secondaries. */
  readonly unmapped: string[];
}

/**
 * The best fitting free secondaries and namespaces of a host for each device of a virtual machine. Devices of one
 * virtual subsystem stay under one primary controller: the one that leaves the fewest blockers, then the fewest
 * warnings, then the most free controllers.
 */
export function proposeMapping(fleet: Fleet, virtualMachineId: string, hostId: string): ProposedMapping {
  const machine = lookUp(fleet.virtualMachines, virtualMachineId);
  const sources = (machine?.deviceIds ?? []).flatMap((id) => findSecondary(fleet, id) ?? []);
  const primaries = Object.values(fleet.controllers).filter(
    (controller) => controller.role === 'primary' && controller.hostId === hostId,
  ) as PrimaryController[];
  const proposed: ProposedMapping = { devices: [], unmapped: [] };
  const taken = new Set<string>();
  const groups = groupBy(sources, (source) => source.virtualSubsystemId ?? source.id);
  for (const group of groups.values()) {
    const candidates = primaries.map((primary) => {
      const devices = pair(fleet, group, primary, taken);
      return { devices, score: score(fleet, virtualMachineId, hostId, group, devices) };
    });
    const best = candidates.reduce<(typeof candidates)[number] | undefined>(
      (winner, candidate) => (winner === undefined || candidate.score < winner.score ? candidate : winner),
      undefined,
    );
    const devices = best?.devices ?? [];
    proposed.devices.push(...devices);
    for (const device of devices) taken.add(device.destinationId);
    const mapped = new Set(devices.map((device) => device.sourceId));
    proposed.unmapped.push(...group.filter((source) => !mapped.has(source.id)).map((source) => source.id));
  }
  return proposed;
}

/** Gives each source the next free secondary of a primary, those of the pool before those that hold something. */
function pair(
  fleet: Fleet,
  sources: readonly SecondaryController[],
  primary: PrimaryController,
  taken: ReadonlySet<string>,
): DeviceMapping[] {
  const usable = secondariesOf(fleet, primary).filter(
    (secondary) => isFreeDestination(fleet, secondary) && !taken.has(secondary.id),
  );
  const ordered = [
    ...usable.filter(isInPool),
    ...usable.filter((secondary) => !isInPool(secondary)),
    ...toProvision(fleet, primary, sources.length - usable.length, taken),
  ];
  return sources.flatMap((source, index) => {
    const destination = ordered[index];
    return destination === undefined
      ? []
      : [
          {
            sourceId: source.id,
            destinationId: destination.id,
            namespaces: proposeNamespaces(fleet, source, destination.subsystemId),
          },
        ];
  });
}

/** What is missing can be provisioned where the controlling function does that. */
function toProvision(
  fleet: Fleet,
  primary: PrimaryController,
  missing: number,
  taken: ReadonlySet<string>,
): { readonly id: string; readonly subsystemId: string }[] {
  return provisionableIds(fleet, primary, primary.functions.maximumProvisioned)
    .filter((id) => !taken.has(id))
    .slice(0, Math.max(0, missing))
    .map((id) => ({ id, subsystemId: primary.subsystemId }));
}

/** The namespace with the same data; without one, the namespace with the same NSID, so that checks can speak. */
function proposeNamespaces(
  fleet: Fleet,
  source: SecondaryController,
  subsystemId: string,
): DeviceMapping['namespaces'] {
  const offered = Object.values(fleet.namespaces).filter(
    (namespace) => namespace.subsystemId === subsystemId,
  );
  return source.attachedNamespaces.flatMap((nsid) => {
    const wanted = fleet.namespaces[`${source.subsystemId}#${nsid}`];
    const same = offered.filter((namespace) => wanted !== undefined && isSameNamespace(wanted, namespace));
    const chosen =
      same.find((namespace) => namespace.nsid === nsid) ??
      same[0] ??
      offered.find((namespace) => namespace.nsid === nsid);
    if (chosen === undefined) return [];
    const copy = wanted !== undefined && needsCopy(wanted, chosen);
    return [{ source: nsid, destination: chosen.nsid, ...(copy ? { copy: true as const } : {}) }];
  });
}

/** Lower is better. A device that finds no place weighs more than any number of failed checks. */
function score(
  fleet: Fleet,
  virtualMachineId: string,
  destinationHostId: string,
  group: readonly SecondaryController[],
  devices: readonly DeviceMapping[],
): number {
  const lost = group.length - devices.length;
  const request: MigrationRequest = {
    virtualMachineId,
    destinationHostId,
    devices: [...devices],
    options: defaultMigrationOptions,
    acknowledged: [],
  };
  const { errors, warnings } = judgeMigration(fleet, request);
  return lost * 1e9 + errors * 1e4 + warnings;
}
