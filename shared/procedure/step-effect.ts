import { secondaryIdOf, virtualMachineIdOf, virtualSubsystemIdOf } from '../fleet/ids.ts';
import type { Fleet } from '../fleet/schema.ts';
import {
  controllerTitle,
  findPrimary,
  findSecondary,
  hexadecimalId,
  secondariesOf,
  virtualSubsystemTitle,
} from '../fleet/selectors.ts';
import { unreachable } from '../result.ts';
import { sameIdentity } from '../virtual-subsystem/identity/identity-wire.ts';
import { sameMask } from '../virtual-subsystem/mask/exposed-capability.ts';
import type { Step } from './step.ts';

/** Whether the effect of a step is there, and what the read-back saw. */
export interface StepEffect {
  readonly holds: boolean;
  /** For example `VF 12 is online with 4 VQ, 2 VI`. */
  readonly readBack: string;
}

/** Compares a fleet that was read after the step with what the step should have done. */
export function stepEffect(step: Step, fleet: Fleet): StepEffect {
  switch (step.kind) {
    case 'secondary-offline':
      return ofSecondary(
        fleet,
        step.secondaryId,
        (secondary) => !secondary.online && secondary.nvq === 0 && secondary.nvi === 0,
      );
    case 'secondary-online':
      return ofSecondary(fleet, step.secondaryId, (secondary) => secondary.online);
    case 'secondary-assign':
      return ofSecondary(
        fleet,
        step.secondaryId,
        (secondary) => (step.resource === 'VQ' ? secondary.nvq : secondary.nvi) === step.count,
      );
    case 'primary-allocate': {
      const primary = findPrimary(fleet, step.primaryId);
      const pool = step.resource === 'VQ' ? primary?.vq : primary?.vi;
      // The device accepts it at once and applies it at the next reset; until then there is nothing to read.
      return effect(
        pool !== undefined,
        `${pool?.allocatedToPrimary ?? '?'} ${step.resource} now, ${step.count} from the next function level reset on`,
      );
    }
    case 'function-level-reset':
    case 'controller-reset':
    case 'subsystem-reset': {
      const primary = findPrimary(fleet, step.controllerId);
      if (primary === undefined)
        return effect(fleet.controllers[step.controllerId] !== undefined, 'The reset was accepted');
      const online = secondariesOf(fleet, primary).filter((secondary) => secondary.online).length;
      return effect(online === 0, `${online} secondary controllers online`);
    }
    case 'set-vf-count': {
      const primary = findPrimary(fleet, step.primaryId);
      return effect(primary?.numVfs === step.count, `NumVFs reads ${primary?.numVfs ?? 'nothing'}`);
    }
    case 'set-drivers-autoprobe': {
      const enabled = findPrimary(fleet, step.primaryId)?.driversAutoprobe;
      return effect(enabled === step.enabled, `sriov_drivers_autoprobe reads ${enabled ? 1 : 0}`);
    }
    case 'set-driver': {
      const controller = fleet.controllers[step.controllerId];
      const readBack = `${controller === undefined ? step.controllerId : controllerTitle(controller)} is bound to ${controller?.driver ?? 'no driver'}`;
      return effect(controller !== undefined && controller.driver === step.driver, readBack);
    }
    case 'attach-namespace':
    case 'detach-namespace': {
      const controller = fleet.controllers[step.controllerId];
      const attached = controller?.attachedNamespaces.includes(step.nsid) ?? false;
      const holds = controller !== undefined && attached === (step.kind === 'attach-namespace');
      return effect(holds, `Namespace ${step.nsid} is ${attached ? '' : 'not '}attached`);
    }
    case 'virtual-subsystem-create':
    case 'virtual-subsystem-delete': {
      const exists = fleet.virtualSubsystems[virtualSubsystemIdOf(step.primaryId, step.nqn)] !== undefined;
      const holds = exists === (step.kind === 'virtual-subsystem-create');
      return effect(holds, `${virtualSubsystemTitle(step)} is ${exists ? '' : 'not '}listed`);
    }
    case 'virtual-subsystem-set-identity': {
      const identity = fleet.virtualSubsystems[virtualSubsystemIdOf(step.primaryId, step.nqn)]?.identity;
      const holds = identity !== undefined && sameIdentity(identity, step.identity);
      return effect(holds, `It reports ${identity === undefined ? 'nothing' : JSON.stringify(identity)}`);
    }
    case 'virtual-subsystem-set-capabilities': {
      const exposed = fleet.virtualSubsystems[virtualSubsystemIdOf(step.primaryId, step.nqn)]?.exposed;
      const holds = exposed !== undefined && sameMask(exposed, step.exposed);
      return effect(holds, `It reports ${exposed?.length ?? 'no'} narrowed fields`);
    }
    case 'virtual-subsystem-add':
    case 'virtual-subsystem-remove': {
      const secondary = findSecondary(fleet, step.secondaryId);
      const wanted = secondary && virtualSubsystemIdOf(secondary.primaryId, step.nqn);
      const isMember = secondary !== undefined && secondary.virtualSubsystemId === wanted;
      const readBack = isMember
        ? `Member of ${virtualSubsystemTitle(step)} as virtual id ${secondary.virtualControllerId}`
        : `Not a member of ${virtualSubsystemTitle(step)}`;
      if (step.kind === 'virtual-subsystem-remove')
        return effect(secondary !== undefined && !isMember, readBack);
      return effect(isMember && secondary.virtualControllerId === step.virtualControllerId, readBack);
    }
    case 'function-provision':
    case 'function-destroy': {
      const id = secondaryIdOf(step.primaryId, step.cntlid);
      const found = findSecondary(fleet, id);
      const holds = (found !== undefined) === (step.kind === 'function-provision');
      const known = findPrimary(fleet, step.primaryId) !== undefined;
      return effect(known && holds, `Function ${hexadecimalId(step.cntlid)} is ${found ? '' : 'not '}listed`);
    }
    case 'function-set-migration': {
      const enabled = findSecondary(fleet, step.secondaryId)?.migrationEnabled;
      return effect(enabled === step.enabled, `Live migration is ${enabled ? '' : 'not '}enabled`);
    }
    case 'function-set-visible': {
      const secondary = findSecondary(fleet, step.secondaryId);
      const isShown = secondary?.functionKind === 'vf' || secondary?.assignableDevice != null;
      const readBack = secondary?.visible
        ? `It is visible${secondary.assignableDevice === null ? '' : ` as ${secondary.assignableDevice}`}`
        : 'It is hidden';
      const holds = secondary?.visible === step.visible && (!step.visible || isShown);
      return effect(secondary !== undefined && holds, readBack);
    }
    case 'vm-attach-device':
    case 'vm-detach-device': {
      const machine = fleet.virtualMachines[step.virtualMachineId];
      const has = machine?.deviceIds.includes(step.controllerId) ?? false;
      const holds = machine !== undefined && has === (step.kind === 'vm-attach-device');
      return effect(holds, `${machine?.name ?? 'The virtual machine'} ${has ? 'has' : 'does not have'} it`);
    }
    case 'vm-create-incoming':
      return ofMachine(fleet, virtualMachineIdOf(step.hostId, step.name), 'incoming');
    case 'vm-pause':
      return ofMachine(fleet, step.virtualMachineId, 'paused');
    case 'vm-resume':
      return ofMachine(fleet, step.virtualMachineId, 'running');
    case 'vm-destroy': {
      const gone = fleet.virtualMachines[step.virtualMachineId] === undefined;
      return effect(gone, gone ? 'It is gone' : 'It is still there');
    }
    case 'vm-send-memory':
      return effect(true, 'Source and destination agree on the checksum');
    case 'vfio-transfer-state':
      return effect(true, 'The destination accepted the whole state');
    case 'vfio-set-state':
      return ofSecondary(fleet, step.controllerId, (secondary) => secondary.vfioState === step.state);
    default:
      return unreachable(step);
  }
}

function effect(holds: boolean, readBack: string): StepEffect {
  return { holds, readBack };
}

/** Blanks at the ends are padding to the device. */
function ofSecondary(
  fleet: Fleet,
  id: string,
  holds: (secondary: NonNullable<ReturnType<typeof findSecondary>>) => boolean,
): StepEffect {
  const secondary = findSecondary(fleet, id);
  if (secondary === undefined) return effect(false, 'It is not listed by its primary any more');
  const vfio = secondary.vfioState === null ? '' : `, VFIO ${secondary.vfioState}`;
  return effect(
    holds(secondary),
    `${controllerTitle(secondary)} is ${secondary.online ? 'online' : 'offline'} with ${secondary.nvq} VQ, ${secondary.nvi} VI${vfio}`,
  );
}

function ofMachine(fleet: Fleet, id: string, state: string): StepEffect {
  const machine = fleet.virtualMachines[id];
  return effect(
    machine?.state === state,
    machine === undefined ? 'It does not exist' : `It is ${machine.state}`,
  );
}
