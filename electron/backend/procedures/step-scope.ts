import type { Fleet } from '#shared/fleet/schema.ts';
import { findSecondary } from '#shared/fleet/selectors.ts';
import { functionIdOf } from '#shared/procedure/function-steps.ts';
import type { Step } from '#shared/procedure/step.ts';
import { managingController, stepHostIds, stepTarget } from '#shared/procedure/step-target.ts';
import { unreachable } from '#shared/result.ts';
import type { HostScope } from '../fleet/fleet-writer.ts';
import type { ControllerScope } from '../fleet/read/refresh-host.ts';

/** What must be read again to see whether a step had its effect. */
export function stepScope(step: Step, fleet: Fleet): HostScope[] {
  const { controllerId } = stepTarget(step);
  const manager = controllerId === null ? undefined : managingController(fleet, controllerId);
  const address = manager?.pciAddress ?? manager?.deviceName ?? null;
  const parts = partsOf(step, fleet);
  return stepHostIds(step, fleet).map((hostId) => ({
    hostId,
    controllers:
      parts !== null && address !== null && manager?.hostId === hostId ? [{ address, ...parts }] : [],
  }));
}

function partsOf(step: Step, fleet: Fleet): Omit<ControllerScope, 'address'> | null {
  switch (step.kind) {
    case 'secondary-offline':
    case 'secondary-assign':
    case 'secondary-online':
    case 'primary-allocate':
    case 'function-level-reset':
    case 'controller-reset':
    case 'subsystem-reset':
      return { resources: true };
    case 'set-vf-count':
      return { resources: true, functions: true };
    case 'attach-namespace':
    case 'detach-namespace':
      return { namespaces: [step.nsid] };
    case 'virtual-subsystem-create':
    case 'virtual-subsystem-set-identity':
    case 'virtual-subsystem-set-capabilities':
    case 'virtual-subsystem-delete':
    case 'virtual-subsystem-add':
    case 'virtual-subsystem-remove':
      return { virtualSubsystems: true };
    case 'function-provision':
      return { resources: true, functions: true };
    case 'function-destroy': {
      const namespaces = findSecondary(fleet, functionIdOf(step))?.attachedNamespaces ?? [];
      return { resources: true, functions: true, namespaces };
    }
    case 'function-set-migration':
    case 'function-set-visible':
      return { functions: true };
    case 'set-drivers-autoprobe':
    case 'set-driver':
    case 'vm-attach-device':
    case 'vm-detach-device':
    case 'vm-create-incoming':
    case 'vm-pause':
    case 'vm-resume':
    case 'vm-send-memory':
    case 'vm-destroy':
    case 'vfio-set-state':
    case 'vfio-transfer-state':
      return null;
    default:
      return unreachable(step);
  }
}
