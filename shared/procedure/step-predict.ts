import { namespaceIdOf, virtualMachineIdOf, virtualSubsystemIdOf } from '../fleet/ids.ts';
import type {
  Controller,
  Fleet,
  Namespace,
  PrimaryController,
  SecondaryController,
  VirtualMachine,
  VirtualSubsystem,
} from '../fleet/schema.ts';
import { findPrimary, findSecondary, secondariesOf } from '../fleet/selectors.ts';
import { unreachable } from '../result.ts';
import { predictFunctionStep } from './function-steps.ts';
import type { Step } from './step.ts';

/**
 * The fleet as it should be after a step that succeeded. Planners need it to plan the steps behind it (and their
 * inverses); the runner never trusts it: it reads the effect back from the device.
 */
export function predictStep(fleet: Fleet, step: Step): Fleet {
  switch (step.kind) {
    case 'secondary-offline':
      return takeOffline(fleet, step.secondaryId);
    case 'secondary-assign':
      return assignResources(fleet, step.secondaryId, step.resource, step.count);
    case 'secondary-online':
      return withSecondary(fleet, step.secondaryId, { online: true });
    case 'primary-allocate': {
      // In force from the next reset on, which planners always put behind it; the steps after that count on it.
      const primary = findPrimary(fleet, step.primaryId);
      const pool = step.resource === 'VQ' ? primary?.vq : primary?.vi;
      if (pool === undefined) return fleet;
      const changed = { ...pool, allocatedToPrimary: step.count };
      return withPrimary(fleet, step.primaryId, step.resource === 'VQ' ? { vq: changed } : { vi: changed });
    }
    case 'vm-send-memory':
    case 'vfio-transfer-state':
      // Not part of the model: nothing to see yet.
      return fleet;
    case 'function-level-reset':
    case 'controller-reset':
      return afterReset(fleet, step.controllerId);
    case 'subsystem-reset': {
      const subsystemId = fleet.controllers[step.controllerId]?.subsystemId;
      const primaries = Object.values(fleet.controllers).filter(
        (controller) => controller.role === 'primary' && controller.subsystemId === subsystemId,
      );
      return primaries.reduce((next, primary) => afterReset(next, primary.id), fleet);
    }
    case 'set-vf-count':
      return afterVfCount(fleet, step.primaryId, step.count);
    case 'set-drivers-autoprobe':
      return withPrimary(fleet, step.primaryId, { driversAutoprobe: step.enabled });
    case 'set-driver':
      return afterDriver(fleet, step.controllerId, step.driver);
    case 'attach-namespace':
      return attach(fleet, step.controllerId, step.nsid, true);
    case 'detach-namespace':
      return attach(fleet, step.controllerId, step.nsid, false);
    case 'virtual-subsystem-create': {
      const id = virtualSubsystemIdOf(step.primaryId, step.nqn);
      const hostId = findPrimary(fleet, step.primaryId)?.hostId ?? '';
      const { primaryId, nqn, primaryVirtualId, identity } = step;
      const created = { id, hostId, primaryId, nqn, primaryVirtualId, identity, exposed: [], members: [] };
      return { ...fleet, virtualSubsystems: { ...fleet.virtualSubsystems, [id]: created } };
    }
    case 'virtual-subsystem-set-identity':
      return withVirtualSubsystem(fleet, step, { identity: step.identity });
    case 'virtual-subsystem-set-capabilities':
      return withVirtualSubsystem(fleet, step, { exposed: step.exposed });
    case 'virtual-subsystem-delete': {
      const { [virtualSubsystemIdOf(step.primaryId, step.nqn)]: _gone, ...rest } = fleet.virtualSubsystems;
      return { ...fleet, virtualSubsystems: rest };
    }
    case 'virtual-subsystem-add':
      return join(fleet, step.secondaryId, step.nqn, step.virtualControllerId);
    case 'virtual-subsystem-remove':
      return join(fleet, step.secondaryId, step.nqn, null);
    case 'function-provision':
    case 'function-destroy':
    case 'function-set-migration':
    case 'function-set-visible':
      return predictFunctionStep(fleet, step);
    case 'vm-attach-device':
      return handOver(fleet, step.controllerId, step.virtualMachineId, true);
    case 'vm-detach-device':
      return handOver(fleet, step.controllerId, step.virtualMachineId, false);
    case 'vm-create-incoming': {
      const id = virtualMachineIdOf(step.hostId, step.name);
      const { hostId, name, vcpus, memoryBytes } = step;
      const created = {
        ...{ id, hostId, name, vcpus, memoryBytes, state: 'incoming' as const },
        ...{ viommu: false, dirtyBytesPerSecond: null, deviceIds: [] },
      };
      return { ...fleet, virtualMachines: { ...fleet.virtualMachines, [id]: created } };
    }
    case 'vm-pause':
      return withMachine(fleet, step.virtualMachineId, { state: 'paused' });
    case 'vm-resume':
      return withMachine(fleet, step.virtualMachineId, { state: 'running' });
    case 'vm-destroy': {
      const devices = fleet.virtualMachines[step.virtualMachineId]?.deviceIds ?? [];
      const freed = devices.reduce((next, id) => withSecondary(next, id, { virtualMachineId: null }), fleet);
      const { [step.virtualMachineId]: _gone, ...rest } = freed.virtualMachines;
      return { ...freed, virtualMachines: rest };
    }
    case 'vfio-set-state':
      return withSecondary(fleet, step.controllerId, { vfioState: step.state });
    default:
      return unreachable(step);
  }
}

function withController(fleet: Fleet, controller: Controller): Fleet {
  return { ...fleet, controllers: { ...fleet.controllers, [controller.id]: controller } };
}

function withSecondary(fleet: Fleet, id: string, change: Partial<SecondaryController>): Fleet {
  const secondary = findSecondary(fleet, id);
  return secondary === undefined ? fleet : withController(fleet, { ...secondary, ...change });
}

function withPrimary(fleet: Fleet, id: string, change: Partial<PrimaryController>): Fleet {
  const primary = findPrimary(fleet, id);
  return primary === undefined ? fleet : withController(fleet, { ...primary, ...change });
}

function withVirtualSubsystem(
  fleet: Fleet,
  { primaryId, nqn }: { readonly primaryId: string; readonly nqn: string },
  change: Partial<VirtualSubsystem>,
): Fleet {
  const id = virtualSubsystemIdOf(primaryId, nqn);
  const subsystem = fleet.virtualSubsystems[id];
  if (subsystem === undefined) return fleet;
  return {
    ...fleet,
    virtualSubsystems: { ...fleet.virtualSubsystems, [id]: { ...subsystem, ...change } },
  };
}

function withMachine(fleet: Fleet, id: string, change: Partial<VirtualMachine>): Fleet {
  const machine = fleet.virtualMachines[id];
  if (machine === undefined) return fleet;
  return { ...fleet, virtualMachines: { ...fleet.virtualMachines, [id]: { ...machine, ...change } } };
}

function assignResources(fleet: Fleet, id: string, resource: 'VQ' | 'VI', count: number): Fleet {
  const secondary = findSecondary(fleet, id);
  const primary = secondary && findPrimary(fleet, secondary.primaryId);
  if (secondary === undefined || primary === undefined) return fleet;
  const pool = resource === 'VQ' ? primary.vq : primary.vi;
  const held = resource === 'VQ' ? secondary.nvq : secondary.nvi;
  const changed = { ...pool, assignedToSecondaries: Math.max(0, pool.assignedToSecondaries + count - held) };
  const next = withPrimary(fleet, primary.id, resource === 'VQ' ? { vq: changed } : { vi: changed });
  return withSecondary(next, id, resource === 'VQ' ? { nvq: count } : { nvi: count });
}

function takeOffline(fleet: Fleet, id: string): Fleet {
  const freed = assignResources(assignResources(fleet, id, 'VI', 0), id, 'VQ', 0);
  return withSecondary(freed, id, { online: false });
}

/** Any controller level reset of a primary takes its secondaries offline (NVMe Base 2.1, 8.2.6). */
function afterReset(fleet: Fleet, controllerId: string): Fleet {
  const primary = findPrimary(fleet, controllerId);
  if (primary === undefined) return fleet;
  return primary.secondaryIds.reduce(takeOffline, fleet);
}

function afterVfCount(fleet: Fleet, primaryId: string, count: number): Fleet {
  const primary = findPrimary(fleet, primaryId);
  if (primary === undefined) return fleet;
  const removed = secondariesOf(fleet, primary).filter((secondary) => secondary.vfn > count);
  const restarted = primary.functions.manage.available ? { migrationEnabled: true, visible: true } : {};
  const next = removed.reduce(
    (soFar, secondary) =>
      withSecondary(takeOffline(soFar, secondary.id), secondary.id, {
        pciAddress: null,
        deviceName: null,
        driver: null,
        iommuGroup: null,
        vfioState: null,
        vfioOffer: { flags: null, reason: 'The function does not exist on the host.' },
        ...restarted,
      }),
    fleet,
  );
  return withPrimary(next, primaryId, { numVfs: count });
}

function afterDriver(fleet: Fleet, id: string, driver: string | null): Fleet {
  const controller = fleet.controllers[id];
  if (controller === undefined) return fleet;
  const deviceName = driver === 'nvme' ? controller.deviceName : null;
  return withController(fleet, { ...controller, driver, deviceName });
}

function attach(fleet: Fleet, controllerId: string, nsid: number, attached: boolean): Fleet {
  const controller = fleet.controllers[controllerId];
  if (controller === undefined) return fleet;
  const nsids = controller.attachedNamespaces.filter((known) => known !== nsid);
  if (attached) nsids.push(nsid);
  nsids.sort((left, right) => left - right);
  const next = withController(fleet, { ...controller, attachedNamespaces: nsids });
  const id = namespaceIdOf(controller.subsystemId, nsid);
  const namespace = fleet.namespaces[id];
  if (namespace === undefined) return next;
  const others = namespace.attachedTo.filter((known) => known !== controllerId);
  const attachedTo = attached ? [...others, controllerId].sort() : others;
  const changed: Namespace = { ...namespace, attachedTo };
  return { ...next, namespaces: { ...next.namespaces, [id]: changed } };
}

function join(fleet: Fleet, secondaryId: string, nqn: string, virtualControllerId: number | null): Fleet {
  const secondary = findSecondary(fleet, secondaryId);
  const id = secondary && virtualSubsystemIdOf(secondary.primaryId, nqn);
  const subsystem = id === undefined ? undefined : fleet.virtualSubsystems[id];
  if (subsystem === undefined || id === undefined) return fleet;
  const members = subsystem.members.filter((member) => member.controllerId !== secondaryId);
  if (virtualControllerId !== null) members.push({ controllerId: secondaryId, virtualControllerId });
  members.sort((left, right) => left.virtualControllerId - right.virtualControllerId);
  const virtualSubsystemId = virtualControllerId === null ? null : id;
  const next = withSecondary(fleet, secondaryId, { virtualSubsystemId, virtualControllerId });
  return { ...next, virtualSubsystems: { ...next.virtualSubsystems, [id]: { ...subsystem, members } } };
}

function handOver(fleet: Fleet, controllerId: string, machineId: string, attached: boolean): Fleet {
  const machine = fleet.virtualMachines[machineId];
  const deviceIds = (machine?.deviceIds ?? []).filter((id) => id !== controllerId);
  if (attached) deviceIds.push(controllerId);
  const next = withMachine(fleet, machineId, { deviceIds });
  return withSecondary(next, controllerId, { virtualMachineId: attached ? machineId : null });
}
