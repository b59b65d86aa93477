import type {
  Fleet,
  Host,
  Namespace,
  PrimaryController,
  SecondaryController,
  VirtualMachine,
  VirtualSubsystem,
} from '../fleet/schema.ts';
import { findPrimary, findSecondary } from '../fleet/selectors.ts';
import { lookUp } from '../tables.ts';
import { withDestinations } from './provisioned-destinations.ts';
import type { DeviceMapping, MigrationRequest } from './request.ts';

/** One device of the request with everything that the fleet knows of both sides; what is unknown is undefined. */
export interface MigratingDevice {
  readonly mapping: DeviceMapping;
  readonly source: SecondaryController | undefined;
  readonly sourcePrimary: PrimaryController | undefined;
  readonly destination: SecondaryController | undefined;
  readonly destinationPrimary: PrimaryController | undefined;
  /** The virtual subsystem that the guest sees; undefined when the source secondary is in none. */
  readonly virtualSubsystem: VirtualSubsystem | undefined;
  readonly namespaces: readonly MigratingNamespace[];
}

export interface MigratingNamespace {
  /** NSID in the source subsystem, 1-FFFFFFFEh. */
  readonly nsid: number;
  readonly source: Namespace | undefined;
  /** NSID chosen at the destination; undefined when the namespace was not mapped. */
  readonly destinationNsid: number | undefined;
  readonly destination: Namespace | undefined;
  /** Its contents are to be copied to the destination. */
  readonly copy: boolean;
}

/**
 * A migration request looked up in the fleet, so that checks, forecast and plan speak of the same objects. Functions that
 * the migration provisions first are there already.
 */
export interface MigrationSubject {
  readonly fleet: Fleet;
  readonly request: MigrationRequest;
  readonly machine: VirtualMachine | undefined;
  readonly sourceHost: Host | undefined;
  readonly destinationHost: Host | undefined;
  readonly devices: readonly MigratingDevice[];
}

export function lookUpMigration(given: Fleet, request: MigrationRequest): MigrationSubject {
  const fleet = withDestinations(given, request.devices);
  const machine = lookUp(fleet.virtualMachines, request.virtualMachineId);
  return {
    fleet,
    request,
    machine,
    sourceHost: machine === undefined ? undefined : fleet.hosts[machine.hostId],
    destinationHost: lookUp(fleet.hosts, request.destinationHostId),
    devices: request.devices.map((mapping) => lookUpDevice(fleet, mapping)),
  };
}

/**
 * The device moves with its physical identity: it is in no virtual subsystem and could not be in one, because a
 * controlling function has no commands for them. What of the identity changes then is told by the identity checks.
 */
export function keepsPhysicalIdentity(device: MigratingDevice): boolean {
  const { sourcePrimary, destinationPrimary, virtualSubsystem } = device;
  if (virtualSubsystem !== undefined || sourcePrimary === undefined || destinationPrimary === undefined)
    return false;
  return !sourcePrimary.virtualSubsystems.available || !destinationPrimary.virtualSubsystems.available;
}

function lookUpDevice(fleet: Fleet, mapping: DeviceMapping): MigratingDevice {
  const source = findSecondary(fleet, mapping.sourceId);
  const destination = findSecondary(fleet, mapping.destinationId);
  const inSource = source?.virtualSubsystemId ?? null;
  return {
    mapping,
    source,
    sourcePrimary: source === undefined ? undefined : findPrimary(fleet, source.primaryId),
    destination,
    destinationPrimary: destination === undefined ? undefined : findPrimary(fleet, destination.primaryId),
    virtualSubsystem: inSource === null ? undefined : fleet.virtualSubsystems[inSource],
    namespaces: (source?.attachedNamespaces ?? []).map((nsid) => {
      const pair = mapping.namespaces.find(({ source: mapped }) => mapped === nsid);
      const destinationNsid = pair?.destination;
      return {
        nsid,
        source: fleet.namespaces[`${source?.subsystemId}#${nsid}`],
        destinationNsid,
        destination: fleet.namespaces[`${destination?.subsystemId}#${destinationNsid}`],
        copy: pair?.copy === true,
      };
    }),
  };
}

/** Virtual subsystems of the destination host that already carry a virtual NQN. */
export function counterpartsAt(fleet: Fleet, hostId: string, nqn: string): VirtualSubsystem[] {
  return Object.values(fleet.virtualSubsystems).filter(
    (subsystem) => subsystem.hostId === hostId && subsystem.nqn === nqn,
  );
}

/** Groups by a key and keeps the order of first appearance. */
export function groupBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string | undefined,
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
