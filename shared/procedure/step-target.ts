import type { Controller, Fleet, PrimaryController } from '../fleet/schema.ts';
import { findPrimary, findSecondary } from '../fleet/selectors.ts';
import { unreachable } from '../result.ts';
import type { Step } from './step.ts';

/** The controllers and virtual machines that a step speaks of, by fleet id. */
export interface StepTarget {
  readonly controllerId: string | null;
  readonly virtualMachineId: string | null;
  readonly hostId: string | null;
}

export function stepTarget(step: Step): StepTarget {
  const none: StepTarget = { controllerId: null, virtualMachineId: null, hostId: null };
  switch (step.kind) {
    case 'secondary-offline':
    case 'secondary-assign':
    case 'secondary-online':
    case 'virtual-subsystem-add':
    case 'virtual-subsystem-remove':
    case 'function-set-migration':
    case 'function-set-visible':
      return { ...none, controllerId: step.secondaryId };
    case 'primary-allocate':
    case 'set-vf-count':
    case 'set-drivers-autoprobe':
    case 'virtual-subsystem-create':
    case 'virtual-subsystem-set-identity':
    case 'virtual-subsystem-set-capabilities':
    case 'virtual-subsystem-delete':
    case 'function-provision':
    case 'function-destroy':
      return { ...none, controllerId: step.primaryId };
    case 'function-level-reset':
    case 'controller-reset':
    case 'subsystem-reset':
    case 'set-driver':
    case 'attach-namespace':
    case 'detach-namespace':
    case 'vfio-set-state':
      return { ...none, controllerId: step.controllerId };
    case 'vm-attach-device':
    case 'vm-detach-device':
      return { ...none, controllerId: step.controllerId, virtualMachineId: step.virtualMachineId };
    case 'vm-create-incoming':
      return { ...none, hostId: step.hostId };
    case 'vm-pause':
    case 'vm-resume':
    case 'vm-send-memory':
    case 'vm-destroy':
      return { ...none, virtualMachineId: step.virtualMachineId };
    case 'vfio-transfer-state':
      return { ...none, controllerId: step.sourceId };
    default:
      return unreachable(step);
  }
}

/** Every host whose objects a step changes: those must be read again after it. */
export function stepHostIds(step: Step, fleet: Fleet): string[] {
  const { controllerId, virtualMachineId, hostId } = stepTarget(step);
  const hosts = [
    hostId,
    controllerId === null ? null : hostOfController(fleet, controllerId),
    virtualMachineId === null ? null : hostOfMachine(fleet, virtualMachineId),
    step.kind === 'vm-send-memory' ? step.destinationHostId : null,
    step.kind === 'vfio-transfer-state' ? hostOfController(fleet, step.destinationId) : null,
  ];
  return [...new Set(hosts.filter((id) => id !== null))];
}

/** Ids begin with their host's, so the host is known even when the object itself is gone. */
function hostOfController(fleet: Fleet, id: string): string {
  return fleet.controllers[id]?.hostId ?? id.slice(0, Math.max(0, id.indexOf('/')));
}

function hostOfMachine(fleet: Fleet, id: string): string {
  return fleet.virtualMachines[id]?.hostId ?? id.slice(0, Math.max(0, id.indexOf(':')));
}

/** The primary controller that manages this controller: itself, or the one that controls the secondary. */
function managingPrimary(fleet: Fleet, controllerId: string): PrimaryController | undefined {
  const secondary = findSecondary(fleet, controllerId);
  return findPrimary(fleet, secondary?.primaryId ?? controllerId);
}

/** The controller whose admin queue takes the management commands for this one. */
export function managingController(fleet: Fleet, controllerId: string): Controller | undefined {
  return managingPrimary(fleet, controllerId) ?? fleet.controllers[controllerId];
}
