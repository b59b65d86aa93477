import type { Fleet, VirtualIdentity } from '../fleet/schema.ts';
import { controllerTitle, hexadecimalId, hostTitle, virtualSubsystemTitle } from '../fleet/selectors.ts';
import { unreachable } from '../result.ts';
import { pciWords } from '../virtual-subsystem/identity/identity-wire.ts';
import type { Step } from './step.ts';

/** One sentence in the imperative: `Take 4 VQ resources for VF 12`. */
export function stepWords(step: Step, fleet: Fleet): string {
  const controller = (id: string) => {
    const found = fleet.controllers[id];
    return found === undefined ? id : controllerTitle(found);
  };
  const machine = (id: string) => fleet.virtualMachines[id]?.name ?? id.slice(id.indexOf(':') + 1);
  const subsystem = (nqn: string) => virtualSubsystemTitle({ nqn });
  switch (step.kind) {
    case 'secondary-offline':
      return `Take ${controller(step.secondaryId)} offline; its flexible resources return to the primary`;
    case 'secondary-assign':
      return `Take ${step.count} ${step.resource} resources for ${controller(step.secondaryId)}`;
    case 'secondary-online':
      return `Bring ${controller(step.secondaryId)} online`;
    case 'primary-allocate':
      return `Allocate ${step.count} flexible ${step.resource} resources to ${controller(step.primaryId)} at its next function level reset`;
    case 'function-level-reset':
      return `Reset ${controller(step.controllerId)} (function level reset)`;
    case 'controller-reset':
      return `Reset ${controller(step.controllerId)} (controller reset)`;
    case 'subsystem-reset':
      return `Reset the NVM subsystem of ${controller(step.controllerId)}`;
    case 'set-vf-count':
      return step.count === 0
        ? `Disable all virtual functions of ${controller(step.primaryId)}`
        : `Enable ${step.count} virtual functions of ${controller(step.primaryId)}`;
    case 'set-drivers-autoprobe':
      return step.enabled
        ? `Let drivers bind to new virtual functions of ${controller(step.primaryId)}`
        : `Keep drivers away from new virtual functions of ${controller(step.primaryId)}`;
    case 'set-driver':
      return step.driver === null
        ? `Unbind ${controller(step.controllerId)} from its driver`
        : `Bind ${controller(step.controllerId)} to ${step.driver}`;
    case 'attach-namespace':
      return `Attach namespace ${step.nsid} to ${controller(step.controllerId)}`;
    case 'detach-namespace':
      return `Detach namespace ${step.nsid} from ${controller(step.controllerId)}`;
    case 'virtual-subsystem-create':
      return `Create virtual subsystem ${subsystem(step.nqn)} on ${controller(step.primaryId)}`;
    case 'virtual-subsystem-set-identity':
      return `Give ${subsystem(step.nqn)} on ${controller(step.primaryId)} the identity ${identityWords(step.identity)}`;
    case 'virtual-subsystem-set-capabilities':
      return step.exposed.length === 0
        ? `Let ${subsystem(step.nqn)} on ${controller(step.primaryId)} show every capability of its controllers`
        : `Narrow what ${subsystem(step.nqn)} on ${controller(step.primaryId)} exposes, ${step.exposed.length} field${step.exposed.length === 1 ? '' : 's'}`;
    case 'virtual-subsystem-delete':
      return `Delete virtual subsystem ${subsystem(step.nqn)}`;
    case 'virtual-subsystem-add':
      return `Add ${controller(step.secondaryId)} to ${subsystem(step.nqn)} as virtual id ${step.virtualControllerId}`;
    case 'virtual-subsystem-remove':
      return `Remove ${controller(step.secondaryId)} from ${subsystem(step.nqn)}`;
    case 'function-provision':
      return `Provision function ${hexadecimalId(step.cntlid)} on ${controller(step.primaryId)}`;
    case 'function-destroy':
      return `Destroy function ${hexadecimalId(step.cntlid)} of ${controller(step.primaryId)}`;
    case 'function-set-migration':
      return `${step.enabled ? 'Enable' : 'Disable'} live migration of ${controller(step.secondaryId)}`;
    case 'function-set-visible':
      return step.visible
        ? `Let VFIO show ${controller(step.secondaryId)}`
        : `Hide ${controller(step.secondaryId)} from VFIO`;
    case 'vm-attach-device':
      return `Hand ${controller(step.controllerId)} to ${machine(step.virtualMachineId)}`;
    case 'vm-detach-device':
      return `Take ${controller(step.controllerId)} from ${machine(step.virtualMachineId)}`;
    case 'vm-create-incoming':
      return `Create ${step.name} on ${hostTitle(fleet, step.hostId)}, waiting for its guest`;
    case 'vm-pause':
      return `Pause ${machine(step.virtualMachineId)}`;
    case 'vm-resume':
      return `Let ${machine(step.virtualMachineId)} run`;
    case 'vm-send-memory':
      return `Send the memory of ${machine(step.virtualMachineId)} to ${hostTitle(fleet, step.destinationHostId)}`;
    case 'vm-destroy':
      return `Remove ${machine(step.virtualMachineId)} from ${hostTitle(fleet, hostOfMachine(step.virtualMachineId))}`;
    case 'vfio-set-state':
      return `Set the VFIO state of ${controller(step.controllerId)} to ${step.state}`;
    case 'vfio-transfer-state':
      return `Move the controller state of ${controller(step.sourceId)} to ${controller(step.destinationId)}`;
    default:
      return unreachable(step);
  }
}

function identityWords({
  serialNumber,
  modelNumber,
  firmwareRevision,
  ieee,
  fguid,
  pci,
}: VirtualIdentity): string {
  const parts = [
    serialNumber === '' ? '' : `SN ${serialNumber}`,
    modelNumber === '' ? '' : `MN ${modelNumber}`,
    firmwareRevision === '' ? '' : `FR ${firmwareRevision}`,
    ieee === undefined ? '' : `IEEE ${ieee.toString(16).padStart(6, '0')}`,
    fguid === undefined ? '' : `FGUID ${fguid}`,
    pci === undefined ? '' : `PCI ${pciWords(pci)}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'of the hardware' : parts.join(', ');
}

function hostOfMachine(id: string): string {
  return id.slice(0, Math.max(0, id.indexOf(':')));
}
