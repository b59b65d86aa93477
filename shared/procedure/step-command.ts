import type { Fleet, VirtualIdentity } from '../fleet/schema.ts';
import type { AdminCommand } from '../nvme/command.ts';
import { namespaceAttachment, namespaceAttachmentSelectors } from '../nvme/commands/namespace-attachment.ts';
import { functionManagement, functionSelectors } from '../nvme/commands/proposal/function-management.ts';
import {
  virtualSubsystemManagement,
  virtualSubsystemSelectors,
} from '../nvme/commands/proposal/virtual-subsystem-management.ts';
import {
  resourceTypes,
  virtualizationActions,
  virtualizationManagement,
} from '../nvme/commands/virtualization-management.ts';
import { encodeControllerList } from '../nvme/layouts/lists/controller-list.ts';
import { encodeExposedCapabilities } from '../nvme/layouts/proposal/virtual-subsystem-capabilities.ts';
import { encodeVirtualSubsystemIdentity } from '../nvme/layouts/proposal/virtual-subsystem-identity.ts';
import { fail, type Result, succeed } from '../result.ts';
import { identityToWire } from '../virtual-subsystem/identity/identity-wire.ts';
import { exposedToWire } from '../virtual-subsystem/mask/exposed-capability.ts';
import type { Step } from './step.ts';
import { managingController } from './step-target.ts';

/** A step that is one admin command: which controller's queue takes it, and the command. */
export interface StepCommand {
  readonly controllerId: string;
  readonly command: AdminCommand;
}

type Resource = 'VQ' | 'VI';

/**
 * The admin command of a step, or null when the step is none (sysfs, hypervisor, VFIO). `vsid` is the virtual subsystem
 * identifier that the controlling function gave to the NQN; it is known only to the device, so the caller looks it up.
 */
export function stepCommand(step: Step, fleet: Fleet, vsid = 0): Result<StepCommand | null> {
  switch (step.kind) {
    case 'secondary-offline':
      return virtualization(fleet, step.secondaryId, virtualizationActions.secondaryOffline.value);
    case 'secondary-online':
      return virtualization(fleet, step.secondaryId, virtualizationActions.secondaryOnline.value);
    case 'secondary-assign': {
      const action = virtualizationActions.secondaryAssign.value;
      return virtualization(fleet, step.secondaryId, action, step.resource, step.count);
    }
    case 'primary-allocate': {
      const action = virtualizationActions.primaryAllocation.value;
      return virtualization(fleet, step.primaryId, action, step.resource, step.count);
    }
    case 'attach-namespace':
      return attachment(fleet, step.controllerId, step.nsid, namespaceAttachmentSelectors.attach.value);
    case 'detach-namespace':
      return attachment(fleet, step.controllerId, step.nsid, namespaceAttachmentSelectors.detach.value);
    case 'function-provision':
      return manageFunction(fleet, step.primaryId, functionSelectors.provision.value, step.cntlid);
    case 'function-destroy':
      return manageFunction(fleet, step.primaryId, functionSelectors.destroy.value, step.cntlid);
    case 'function-set-migration': {
      const { enableMigration, disableMigration } = functionSelectors;
      const selector = step.enabled ? enableMigration : disableMigration;
      return manageFunction(fleet, step.secondaryId, selector.value);
    }
    case 'function-set-visible': {
      const { makeVisible, hide } = functionSelectors;
      return manageFunction(fleet, step.secondaryId, (step.visible ? makeVisible : hide).value);
    }
    case 'virtual-subsystem-create': {
      const data = encodedIdentity(step.nqn, step.identity);
      if (!data.ok) return data;
      const selector = virtualSubsystemSelectors.create.value;
      return virtualSubsystem(fleet, step.primaryId, {
        selector,
        vcid: step.primaryVirtualId,
        data: data.value,
      });
    }
    case 'virtual-subsystem-set-identity': {
      const data = encodedIdentity(step.nqn, step.identity);
      if (!data.ok) return data;
      const selector = virtualSubsystemSelectors.setIdentity.value;
      return virtualSubsystem(fleet, step.primaryId, { selector, vsid, data: data.value });
    }
    case 'virtual-subsystem-set-capabilities': {
      const data = encodeExposedCapabilities({ entries: step.exposed.map(exposedToWire), reserved: [] });
      if (!data.ok) return data;
      const selector = virtualSubsystemSelectors.setExposedCapabilities.value;
      return virtualSubsystem(fleet, step.primaryId, { selector, vsid, data: data.value });
    }
    case 'virtual-subsystem-delete':
      return virtualSubsystem(fleet, step.primaryId, {
        selector: virtualSubsystemSelectors.delete.value,
        vsid,
      });
    case 'virtual-subsystem-add':
      return virtualSubsystem(fleet, step.secondaryId, {
        selector: virtualSubsystemSelectors.addController.value,
        vsid,
        vcid: step.virtualControllerId,
      });
    case 'virtual-subsystem-remove':
      return virtualSubsystem(fleet, step.secondaryId, {
        selector: virtualSubsystemSelectors.removeController.value,
        vsid,
      });
    default:
      return succeed(null);
  }
}

function encodedIdentity(nqn: string, identity: VirtualIdentity): Result<Uint8Array> {
  return encodeVirtualSubsystemIdentity(identityToWire(nqn, identity));
}

function virtualization(
  fleet: Fleet,
  controllerId: string,
  action: number,
  resource: Resource = 'VQ',
  count = 0,
): Result<StepCommand | null> {
  return toManager(fleet, controllerId, (cntlid) => {
    const type = resource === 'VQ' ? resourceTypes.virtualQueue.value : resourceTypes.virtualInterrupt.value;
    return virtualizationManagement.encode({ cntlid, rt: type, act: action, nr: count });
  });
}

function attachment(
  fleet: Fleet,
  controllerId: string,
  nsid: number,
  selector: number,
): Result<StepCommand | null> {
  const cntlid = fleet.controllers[controllerId]?.cntlid ?? 0;
  const data = encodeControllerList({ identifiers: [cntlid], reserved: [] });
  if (!data.ok) return data;
  return toManager(fleet, controllerId, () =>
    namespaceAttachment.encode({ nsid, sel: selector }, { data: data.value }),
  );
}

function manageFunction(
  fleet: Fleet,
  controllerId: string,
  selector: number,
  cntlid?: number,
): Result<StepCommand | null> {
  return toManager(fleet, controllerId, (own) =>
    functionManagement.encode({ cntlid: cntlid ?? own, sel: selector }),
  );
}

function virtualSubsystem(
  fleet: Fleet,
  controllerId: string,
  fields: { selector: number; vsid?: number; vcid?: number; data?: Uint8Array },
): Result<StepCommand | null> {
  const isSecondary = fleet.controllers[controllerId]?.role === 'secondary';
  return toManager(fleet, controllerId, (cntlid) =>
    virtualSubsystemManagement.encode(
      {
        sel: fields.selector,
        cntlid: isSecondary ? cntlid : 0,
        vsid: fields.vsid ?? 0,
        vcid: fields.vcid ?? 0,
      },
      fields.data === undefined ? {} : { data: fields.data },
    ),
  );
}

function toManager(
  fleet: Fleet,
  controllerId: string,
  build: (cntlid: number) => AdminCommand,
): Result<StepCommand | null> {
  const controller = fleet.controllers[controllerId];
  const manager = managingController(fleet, controllerId);
  if (controller === undefined || manager === undefined)
    return fail('not-found', `${controllerId} is not in the fleet any more.`, {
      object: controllerId,
      fix: 'Plan the change again.',
    });
  return succeed({ controllerId: manager.id, command: build(controller.cntlid) });
}
