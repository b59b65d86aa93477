import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import {
  namespaceAttachment as definition,
  namespaceAttachmentSelectors as selectors,
} from '#shared/nvme/commands/namespace-attachment.ts';
import { decodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import { completionOf, type StatusName } from '#shared/nvme/status.ts';
import { namespaceChanged } from '../../controller/asynchronous-events.ts';
import type { SimulatedController } from '../../state/controller.ts';
import type { SimulatedNamespace } from '../../state/namespace.ts';
import { isValid } from '../identify/identify-namespaces.ts';

const controllerListLength = 4096;
const broadcastNsid = 0xffffffff;

/** Namespace Attachment (NVMe Base 2.1, 5.1.20). Unless the profile says otherwise, all controllers or none. */
export function namespaceAttachment(controller: SimulatedController, command: AdminCommand): AdminCompletion {
  const { subsystem } = controller;
  // The broadcast NSID is a valid one (NVMe Base 2.1, 3.2.1.1), but attaching all namespaces at once is not defined.
  if (command.nsid >>> 0 !== broadcastNsid && !isValid(controller, command.nsid >>> 0))
    return completionOf('invalidNamespace');
  // A device whose controllers know no NVM subsystem has no namespaces to move between them.
  const namespace = subsystem.controllerLists ? subsystem.namespaces.get(command.nsid >>> 0) : undefined;
  if (!namespace) return completionOf('invalidField');
  const { sel } = definition.decode(command);
  if (sel > selectors.detach.value) return completionOf('invalidField');
  if (command.data?.length !== controllerListLength) return completionOf('invalidField');
  const list = decodeControllerList(command.data);
  if (!list.ok || list.value.identifiers.length === 0) return completionOf('controllerListInvalid');
  const targets: SimulatedController[] = [];
  const done: SimulatedController[] = [];
  let refused: StatusName | undefined;
  for (const cntlid of list.value.identifiers) {
    const target = subsystem.presentController(cntlid);
    refused = target ? refusalOf(namespace, target, targets, sel) : 'controllerListInvalid';
    if (refused !== undefined || !target) break;
    targets.push(target);
    if (subsystem.profile.attachesOneByOne) apply(namespace, target, sel, done);
  }
  if (refused === undefined) for (const target of targets) apply(namespace, target, sel, done);
  for (const target of done) namespaceChanged(target, namespace.nsid);
  return completionOf(refused ?? 'success');
}

function refusalOf(
  namespace: SimulatedNamespace,
  target: SimulatedController,
  before: readonly SimulatedController[],
  sel: number,
): StatusName | undefined {
  const { attachedTo } = namespace;
  if (sel === selectors.detach.value)
    return attachedTo.has(target.cntlid) ? undefined : 'namespaceNotAttached';
  if (attachedTo.has(target.cntlid) || before.includes(target)) return 'namespaceAlreadyAttached';
  if (!namespace.isShared && attachedTo.size + before.length > 0) return 'namespaceIsPrivate';
  return undefined;
}

function apply(
  namespace: SimulatedNamespace,
  target: SimulatedController,
  sel: number,
  done: SimulatedController[],
): void {
  const { attachedTo } = namespace;
  if ((sel === selectors.attach.value) === attachedTo.has(target.cntlid)) return;
  if (sel === selectors.attach.value) attachedTo.add(target.cntlid);
  else attachedTo.delete(target.cntlid);
  done.push(target);
}
