import { virtualMachineIdOf, virtualSubsystemIdOf } from '#shared/fleet/ids.ts';
import type {
  Controller,
  Fleet,
  FleetSource,
  Namespace,
  Problem,
  Subsystem,
  VirtualMachine,
  VirtualSubsystem,
} from '#shared/fleet/schema.ts';
import { exposedFromWire } from '#shared/virtual-subsystem/exposed-capability.ts';
import { identityFromWire } from '#shared/virtual-subsystem/identity-wire.ts';
import { assembleControllers } from './assemble-controllers.ts';
import { assembleNamespaces } from './assemble-namespaces.ts';
import type { HostReading } from './host-reading.ts';

/** A host that could not even be described. */
export interface UnreadHost {
  readonly hostId: string;
  readonly problem: Problem;
}

/**
 * Makes the normalised fleet from what each host answered. Pure: reading one host again and assembling all readings
 * gives the new fleet, with everything that links hosts (shared namespaces) right by construction.
 */
export function assembleFleet(
  source: FleetSource,
  readings: readonly HostReading[],
  unread: readonly UnreadHost[],
): Fleet {
  const controllers: Record<string, Controller> = {};
  const subsystems: Record<string, Subsystem> = {};
  const virtualSubsystems: Record<string, VirtualSubsystem> = {};
  const virtualMachines: Record<string, VirtualMachine> = {};
  const readBy = new Map<string, HostReading['functions'][number]>();
  for (const reading of readings) {
    for (const { controller, read } of assembleControllers(reading)) {
      controllers[controller.id] = controller;
      if (read !== undefined) readBy.set(controller.id, read);
      subsystems[controller.subsystemId] ??= { id: controller.subsystemId, nqn: controller.subsystemId };
    }
  }
  for (const controller of Object.values(controllers)) {
    if (controller.role !== 'primary') continue;
    const read = readBy.get(controller.id)?.controller;
    for (const virtual of read?.virtualSubsystems ?? []) {
      const assembled = assembleVirtualSubsystem(controller.id, controller.hostId, virtual, controllers);
      const members = assembled.members.filter(({ controllerId, virtualControllerId }) => {
        const secondary = controllers[controllerId];
        const problem = memberProblem(assembled.nqn, controllerId, secondary);
        if (problem !== null) addProblem(controllers, controller.id, problem);
        if (problem !== null || secondary?.role !== 'secondary') return false;
        controllers[secondary.id] = { ...secondary, virtualSubsystemId: assembled.id, virtualControllerId };
        return true;
      });
      virtualSubsystems[assembled.id] = { ...assembled, members };
    }
  }
  const idByAddress = idsByAddress(controllers);
  for (const reading of readings) assembleVirtualMachines(reading, idByAddress, controllers, virtualMachines);
  const namespaces = assembleNamespaces(readBy, controllers);
  return {
    source,
    hosts: Object.fromEntries(readings.map(({ host }) => [host.id, host])),
    subsystems,
    controllers: withAttachments(controllers, namespaces),
    namespaces,
    virtualSubsystems,
    virtualMachines,
    problems: unread.map((entry) => entry.problem),
  };
}

/** What is wrong with a member that the virtual subsystem names, or null: lists of one device can contradict each other. */
function memberProblem(nqn: string, controllerId: string, member: Controller | undefined): Problem | null {
  const source = `Virtual Subsystem ${nqn}`;
  if (member?.role !== 'secondary')
    return { source, field: 'members', message: `${controllerId} is not in the Secondary Controller List.` };
  if (member.virtualSubsystemId === null) return null;
  return { source, field: 'members', message: `${controllerId} is in two virtual subsystems.` };
}

function addProblem(controllers: Record<string, Controller>, id: string, problem: Problem): void {
  const controller = controllers[id];
  if (controller !== undefined)
    controllers[id] = { ...controller, problems: [...controller.problems, problem] };
}

type ReadVirtualSubsystem = NonNullable<
  HostReading['functions'][number]['controller']
>['virtualSubsystems'][number];

function assembleVirtualSubsystem(
  primaryId: string,
  hostId: string,
  read: ReadVirtualSubsystem,
  controllers: Readonly<Record<string, Controller>>,
): VirtualSubsystem {
  const primary = controllers[primaryId];
  const members = read.members
    .filter((member) => member.cntlid !== primary?.cntlid)
    .map((member) => ({
      controllerId: `${primaryId}/${member.cntlid}`,
      virtualControllerId: member.vcid,
    }))
    .sort((left, right) => left.virtualControllerId - right.virtualControllerId);
  const own = read.members.find((member) => member.cntlid === primary?.cntlid);
  return {
    id: virtualSubsystemIdOf(primaryId, read.identity.vnqn),
    hostId,
    primaryId,
    nqn: read.identity.vnqn,
    primaryVirtualId: own?.vcid ?? 0,
    identity: identityFromWire(read.identity),
    exposed: read.exposedCapabilities.map(exposedFromWire),
    members,
  };
}

/** Controller ids by host and PCI address, for looking up what a hypervisor handed to its machines. */
function idsByAddress(controllers: Readonly<Record<string, Controller>>): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const { id, hostId, pciAddress } of Object.values(controllers))
    if (pciAddress !== null) ids.set(`${hostId} ${pciAddress}`, id);
  return ids;
}

function assembleVirtualMachines(
  reading: HostReading,
  idByAddress: ReadonlyMap<string, string>,
  controllers: Record<string, Controller>,
  virtualMachines: Record<string, VirtualMachine>,
): void {
  for (const machine of reading.virtualMachines) {
    const id = virtualMachineIdOf(reading.host.id, machine.name);
    const devices = machine.devices.flatMap((address) => {
      const controller = controllers[idByAddress.get(`${reading.host.id} ${address}`) ?? ''];
      return controller ?? [];
    });
    virtualMachines[id] = {
      id,
      hostId: reading.host.id,
      name: machine.name,
      vcpus: machine.vcpus,
      memoryBytes: machine.memoryBytes,
      state: machine.state,
      deviceIds: devices.map((device) => device.id),
    };
    for (const device of devices)
      if (device.role === 'secondary') controllers[device.id] = { ...device, virtualMachineId: id };
  }
}

/** The attachment lists of the controllers, from the namespaces' own. */
function withAttachments(
  controllers: Readonly<Record<string, Controller>>,
  namespaces: Readonly<Record<string, Namespace>>,
): Record<string, Controller> {
  const attached = new Map<string, number[]>();
  for (const namespace of Object.values(namespaces))
    for (const id of namespace.attachedTo) {
      const nsids = attached.get(id);
      if (nsids === undefined) attached.set(id, [namespace.nsid]);
      else nsids.push(namespace.nsid);
    }
  return Object.fromEntries(
    Object.entries(controllers).map(([id, controller]) => [
      id,
      { ...controller, attachedNamespaces: (attached.get(id) ?? []).sort((left, right) => left - right) },
    ]),
  );
}
