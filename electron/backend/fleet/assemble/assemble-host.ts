import { Pacer, type Pieces } from '#shared/bounds/pieces.ts';
import { namespaceIdOf, virtualMachineIdOf, virtualSubsystemIdOf } from '#shared/fleet/ids.ts';
import type { Controller, Problem, VirtualMachine, VirtualSubsystem } from '#shared/fleet/schema.ts';
import { functionAddress } from '#shared/fleet/selectors.ts';
import { identityFromWire } from '#shared/virtual-subsystem/identity/identity-wire.ts';
import { exposedFromWire } from '#shared/virtual-subsystem/mask/exposed-capability.ts';
import type { HostVirtualMachine } from '../../hosts/host-connection.ts';
import type { FunctionReading, HostReading } from '../read/host-reading.ts';
import { assembleControllers } from './assemble-controllers.ts';
import { attachmentsOf, describedNamespaces } from './assemble-namespaces.ts';
import type { HostPart } from './host-part.ts';

/** Controllers that are put together between two pauses. */
const controllersOfPiece = 200;

/** Makes the normalised part of one host, with every link inside it. Pure; in pieces, because a host may have thousands. */
export function* assembleHost(reading: HostReading): Pieces<HostPart> {
  const pacer = new Pacer(controllersOfPiece);
  const controllers = new Map<string, Controller>();
  const readBy = new Map<string, FunctionReading>();
  for (const { controller, read } of yield* assembleControllers(reading, pacer)) {
    yield* pacer.did(1 / 10);
    controllers.set(controller.id, controller);
    if (read !== undefined) readBy.set(controller.id, read);
  }
  yield;
  const virtualSubsystems = linkVirtualSubsystems(readBy, controllers);
  yield;
  const virtualMachines = linkVirtualMachines(reading, controllers);
  yield;
  const namespaces = describedNamespaces(readBy, controllers);
  yield;
  const attachedElsewhere = new Map<string, string[]>();
  for (const [id, nsids] of yield* attachmentsOf(readBy, controllers, pacer)) {
    const controller = controllers.get(id);
    if (controller === undefined) continue;
    yield* pacer.did();
    const described: number[] = [];
    for (const nsid of nsids) {
      const namespaceId = namespaceIdOf(controller.subsystemId, nsid);
      const namespace = namespaces.get(namespaceId);
      namespace?.attachedTo.push(id);
      if (namespace !== undefined) {
        described.push(nsid);
        continue;
      }
      const elsewhere = attachedElsewhere.get(namespaceId);
      if (elsewhere === undefined) attachedElsewhere.set(namespaceId, [id]);
      else elsewhere.push(id);
    }
    controllers.set(id, { ...controller, attachedNamespaces: described.sort((left, right) => left - right) });
  }
  yield;
  return {
    host: reading.host,
    controllers: [...controllers.values()],
    virtualSubsystems,
    virtualMachines,
    namespaces,
    attachedElsewhere,
  };
}

/** Notes the members of every virtual subsystem of the host on the controllers, and what is wrong with them. */
function linkVirtualSubsystems(
  readBy: ReadonlyMap<string, FunctionReading>,
  controllers: Map<string, Controller>,
): VirtualSubsystem[] {
  const found: VirtualSubsystem[] = [];
  for (const controller of [...controllers.values()]) {
    if (controller.role !== 'primary') continue;
    for (const virtual of readBy.get(controller.id)?.controller?.virtualSubsystems ?? []) {
      const assembled = assembleVirtualSubsystem(controller, virtual);
      const members = assembled.members.filter(({ controllerId, virtualControllerId }) => {
        const secondary = controllers.get(controllerId);
        const problem = memberProblem(assembled.nqn, controllerId, secondary);
        if (problem !== null) addProblem(controllers, controller.id, problem);
        if (problem !== null || secondary?.role !== 'secondary') return false;
        controllers.set(secondary.id, {
          ...secondary,
          virtualSubsystemId: assembled.id,
          virtualControllerId,
        });
        return true;
      });
      found.push({ ...assembled, members });
    }
  }
  return found;
}

/** What is wrong with a member that the virtual subsystem names, or null: lists of one device can contradict each other. */
function memberProblem(nqn: string, controllerId: string, member: Controller | undefined): Problem | null {
  const source = `Virtual Subsystem ${nqn}`;
  if (member?.role !== 'secondary')
    return { source, field: 'members', message: `${controllerId} is not in the Secondary Controller List.` };
  if (member.virtualSubsystemId === null) return null;
  return { source, field: 'members', message: `${controllerId} is in two virtual subsystems.` };
}

function addProblem(controllers: Map<string, Controller>, id: string, problem: Problem): void {
  const controller = controllers.get(id);
  if (controller !== undefined)
    controllers.set(id, { ...controller, problems: [...controller.problems, problem] });
}

type ReadVirtualSubsystem = NonNullable<FunctionReading['controller']>['virtualSubsystems'][number];

function assembleVirtualSubsystem(primary: Controller, read: ReadVirtualSubsystem): VirtualSubsystem {
  const members = read.members
    .filter((member) => member.cntlid !== primary.cntlid)
    .map((member) => ({
      controllerId: `${primary.id}/${member.cntlid}`,
      virtualControllerId: member.vcid,
    }))
    .sort((left, right) => left.virtualControllerId - right.virtualControllerId);
  const own = read.members.find((member) => member.cntlid === primary.cntlid);
  return {
    id: virtualSubsystemIdOf(primary.id, read.identity.vnqn),
    hostId: primary.hostId,
    primaryId: primary.id,
    nqn: read.identity.vnqn,
    primaryVirtualId: own?.vcid ?? 0,
    identity: identityFromWire(read.identity),
    exposed: read.exposedCapabilities.map(exposedFromWire),
    members,
  };
}

/** Makes the virtual machines of the host and notes on the controllers who owns them. */
function linkVirtualMachines(reading: HostReading, controllers: Map<string, Controller>): VirtualMachine[] {
  const byAddress = new Map<string, Controller>();
  for (const controller of controllers.values()) {
    const address = functionAddress(controller);
    if (address !== null) byAddress.set(address, controller);
  }
  return reading.virtualMachines.map((machine) => {
    const id = virtualMachineIdOf(reading.host.id, machine.name);
    const devices = machine.devices.flatMap((address) => byAddress.get(address)?.id ?? []);
    for (const device of devices) {
      const controller = controllers.get(device);
      if (controller?.role === 'secondary') controllers.set(device, { ...controller, virtualMachineId: id });
    }
    return {
      id,
      hostId: reading.host.id,
      name: machine.name,
      vcpus: machine.vcpus,
      memoryBytes: machine.memoryBytes,
      state: machine.state,
      viommu: machine.viommu,
      dirtyBytesPerSecond: machine.dirtyBytesPerSecond,
      deviceIds: devices,
      ...lostDevicesOf(machine, byAddress),
      ...(machine.memoryArrived === undefined ? {} : { memoryArrived: machine.memoryArrived }),
      ...(machine.tracksMemory === undefined ? {} : { tracksMemory: machine.tracksMemory }),
      ...(machine.throttleShare === undefined
        ? {}
        : { throttlePercent: Math.round(machine.throttleShare * 100) }),
    };
  });
}

/** What its configuration names and the host does not have; a function that is listed and gone is lost, too. */
function lostDevicesOf(
  { devices, lostDevices = [] }: HostVirtualMachine,
  byAddress: ReadonlyMap<string, Controller>,
): Pick<VirtualMachine, 'lostDevices'> {
  const lost = new Set([...lostDevices, ...devices.filter((address) => !byAddress.has(address))]);
  return lost.size === 0 ? {} : { lostDevices: [...lost].sort() };
}
