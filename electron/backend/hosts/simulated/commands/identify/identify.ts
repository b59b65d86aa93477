import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { identify as definition, identifyStructures as structures } from '#shared/nvme/commands/identify.ts';
import { completionOf } from '#shared/nvme/status.ts';
import { offers } from '../../controller/announced.ts';
import { identifyController, shownControllerId } from '../../controller/shown-identity.ts';
import { virtualIdentityOf } from '../../controller/virtual-identity.ts';
import type { SimulatedController } from '../../state/controller.ts';
import { controllerStateFormats } from '../migration/controller-state/state-formats.ts';
import type { IdentifyAnswer } from './identify-answer.ts';
import {
  allocatedNamespaces,
  attachedNamespaces,
  identifyNamespace,
  independentNamespace,
  namespaceDescriptors,
} from './identify-namespaces.ts';
import { controllerList, primaryCapabilities, secondaryList } from './identify-resources.ts';

const structureLength = 4096;

/** Identify (NVMe Base 2.1, 5.1.13). */
export function identify(controller: SimulatedController, command: AdminCommand): AdminCompletion {
  if (command.readLength <= 0) return completionOf('invalidField');
  const answer = answerOf(controller, command);
  if (typeof answer === 'string') return completionOf(answer);
  const data = command.readLength >= structureLength ? answer : answer.subarray(0, command.readLength);
  return { sct: 0, sc: 0, dnr: false, dw0: 0, data };
}

function answerOf(controller: SimulatedController, command: AdminCommand): IdentifyAnswer {
  const { cns, cntid, csi, nsid } = definition.decode(command);
  if (!offers(controller, 'structures', cns)) return 'invalidField';
  const { profile } = controller.subsystem;
  switch (cns) {
    case structures.namespace.value:
      return identifyNamespace(controller, nsid, 'attached');
    case structures.controller.value:
      return identifyController(controller);
    case structures.activeNamespaces.value:
      return attachedNamespaces(controller, nsid);
    case structures.namespaceDescriptors.value:
      return namespaceDescriptors(controller, nsid);
    case structures.commandSetNamespace.value:
      return csi === 0 ? attachedOrZero(controller, nsid) : 'invalidField';
    case structures.commandSetController.value:
      return csi === 0 ? new Uint8Array(structureLength) : 'invalidField';
    case structures.commandSetActiveNamespaces.value:
      return csi === 0 ? attachedNamespaces(controller, nsid) : 'invalidField';
    case structures.independentNamespace.value:
      return profile.standard ? independentNamespace(controller, nsid) : 'invalidField';
    case structures.allocatedNamespaces.value:
      return seesAllocated(controller) ? allocatedNamespaces(controller, nsid) : 'invalidField';
    case structures.allocatedNamespace.value:
      return seesAllocated(controller) ? identifyNamespace(controller, nsid, 'allocated') : 'invalidField';
    case structures.attachedControllers.value:
      return controllerList(controller, cntid, nsid);
    case structures.controllers.value:
      return controllerList(controller, cntid, undefined);
    case structures.primaryControllerCapabilities.value:
      return primaryCapabilities(controller);
    case structures.secondaryControllers.value:
      return secondaryList(controller, cntid);
    case structures.commandSets.value:
      return commandSets(controller, cntid);
    case structures.controllerStateFormats.value:
      return controllerStateFormats();
    default:
      return 'invalidField';
  }
}

// A guest of a virtual subsystem must not learn of namespaces that were never given to it.
function seesAllocated(controller: SimulatedController): boolean {
  return virtualIdentityOf(controller) === undefined;
}

// The NVM command set's own structure has nothing to say about namespaces without extended protection.
function attachedOrZero(controller: SimulatedController, nsid: number): IdentifyAnswer {
  const answer = identifyNamespace(controller, nsid, 'attached');
  return typeof answer === 'string' ? answer : new Uint8Array(structureLength);
}

// One combination of command sets at index 0: those that the profile has.
function commandSets(controller: SimulatedController, cntid: number): IdentifyAnswer {
  if (cntid !== shownControllerId(controller) && cntid !== 0xffff) return 'invalidField';
  const bytes = new Uint8Array(structureLength);
  bytes[0] = controller.subsystem.profile.commandSets;
  return bytes;
}
