import { virtualSubsystemIdOf } from '../fleet/ids.ts';
import type { Fleet } from '../fleet/schema.ts';
import { findPrimary, findSecondary } from '../fleet/selectors.ts';
import { unreachable } from '../result.ts';
import { functionStepInverse } from './function-steps.ts';
import type { Step } from './step.ts';

/**
 * The steps that undo a step, in the order to run them, from the fleet as it is before the step. Empty: there is nothing
 * to undo. null: it cannot be undone.
 */
export function stepInverse(step: Step, fleet: Fleet): Step[] | null {
  switch (step.kind) {
    case 'secondary-offline':
      return bringBack(fleet, step.secondaryId);
    case 'secondary-assign': {
      const secondary = findSecondary(fleet, step.secondaryId);
      if (secondary === undefined) return null;
      return [{ ...step, count: step.resource === 'VQ' ? secondary.nvq : secondary.nvi }];
    }
    case 'secondary-online':
      // Going offline would take the resources away; the assignments before it put back what was held.
      return findSecondary(fleet, step.secondaryId)?.online
        ? []
        : [
            { kind: 'secondary-offline', secondaryId: step.secondaryId },
            ...heldOffline(fleet, step.secondaryId),
          ];
    case 'primary-allocate': {
      const primary = findPrimary(fleet, step.primaryId);
      if (primary === undefined) return null;
      const pool = step.resource === 'VQ' ? primary.vq : primary.vi;
      return [{ ...step, count: pool.allocatedToPrimary }];
    }
    case 'function-level-reset': {
      const secondary = findSecondary(fleet, step.controllerId);
      // An offline secondary controller holds no state that a reset could lose.
      return secondary !== undefined && !secondary.online ? [] : null;
    }
    case 'controller-reset':
    case 'subsystem-reset':
      return null;
    case 'set-vf-count': {
      const primary = findPrimary(fleet, step.primaryId);
      return primary === undefined ? null : [{ ...step, count: primary.numVfs }];
    }
    case 'set-drivers-autoprobe': {
      const primary = findPrimary(fleet, step.primaryId);
      return primary === undefined ? null : [{ ...step, enabled: primary.driversAutoprobe }];
    }
    case 'set-driver': {
      const driver = fleet.controllers[step.controllerId]?.driver ?? null;
      // Another driver was bound by hand; Berth does not know how to bind it again.
      if (driver !== null && driver !== 'nvme' && driver !== 'vfio-pci') return null;
      return [{ ...step, driver }];
    }
    case 'attach-namespace':
      return [{ ...step, kind: 'detach-namespace' }];
    case 'detach-namespace':
      return [{ ...step, kind: 'attach-namespace' }];
    case 'virtual-subsystem-create':
      return [{ kind: 'virtual-subsystem-delete', primaryId: step.primaryId, nqn: step.nqn }];
    case 'virtual-subsystem-delete': {
      const subsystem = fleet.virtualSubsystems[`${step.primaryId}|${step.nqn}`];
      if (subsystem === undefined) return null;
      const { primaryId, nqn, primaryVirtualId, identity, exposed } = subsystem;
      return [
        { kind: 'virtual-subsystem-create', primaryId, nqn, primaryVirtualId, identity },
        ...(exposed.length === 0
          ? []
          : [{ kind: 'virtual-subsystem-set-capabilities' as const, primaryId, nqn, exposed }]),
      ];
    }
    case 'virtual-subsystem-set-identity': {
      const before = fleet.virtualSubsystems[virtualSubsystemIdOf(step.primaryId, step.nqn)];
      return before === undefined ? null : [{ ...step, identity: before.identity }];
    }
    case 'virtual-subsystem-set-capabilities': {
      const before = fleet.virtualSubsystems[virtualSubsystemIdOf(step.primaryId, step.nqn)];
      return before === undefined ? null : [{ ...step, exposed: before.exposed }];
    }
    case 'virtual-subsystem-add':
      return [{ kind: 'virtual-subsystem-remove', secondaryId: step.secondaryId, nqn: step.nqn }];
    case 'virtual-subsystem-remove': {
      const virtualControllerId = findSecondary(fleet, step.secondaryId)?.virtualControllerId ?? null;
      return virtualControllerId === null
        ? null
        : [{ ...step, kind: 'virtual-subsystem-add', virtualControllerId }];
    }
    case 'function-provision':
    case 'function-destroy':
    case 'function-set-migration':
    case 'function-set-visible':
      return functionStepInverse(step, fleet);
    case 'vm-attach-device':
      return [{ ...step, kind: 'vm-detach-device' }];
    case 'vm-detach-device':
      return [{ ...step, kind: 'vm-attach-device' }];
    case 'vm-create-incoming':
      return [{ kind: 'vm-destroy', virtualMachineId: `${step.hostId}:${step.name}` }];
    case 'vm-pause':
      return [{ ...step, kind: 'vm-resume' }];
    case 'vm-resume':
      return [{ ...step, kind: 'vm-pause' }];
    case 'vm-send-memory':
    case 'vfio-transfer-state':
      // The source keeps everything; the receiving side is reset or destroyed by the inverses of other steps.
      return [];
    case 'vm-destroy':
      return null;
    case 'vfio-set-state': {
      const state = findSecondary(fleet, step.controllerId)?.vfioState ?? null;
      return state === null ? null : [{ ...step, state }];
    }
    default:
      return unreachable(step);
  }
}

function bringBack(fleet: Fleet, secondaryId: string): Step[] | null {
  const secondary = findSecondary(fleet, secondaryId);
  if (secondary === undefined) return null;
  const steps = heldOffline(fleet, secondaryId);
  return secondary.online ? [...steps, { kind: 'secondary-online', secondaryId }] : steps;
}

/** The assignments that give back what the secondary holds now. */
function heldOffline(fleet: Fleet, secondaryId: string): Step[] {
  const secondary = findSecondary(fleet, secondaryId);
  const steps: Step[] = [];
  if (secondary !== undefined && secondary.nvi > 0)
    steps.push({ kind: 'secondary-assign', secondaryId, resource: 'VI', count: secondary.nvi });
  if (secondary !== undefined && secondary.nvq > 0)
    steps.push({ kind: 'secondary-assign', secondaryId, resource: 'VQ', count: secondary.nvq });
  return steps;
}
