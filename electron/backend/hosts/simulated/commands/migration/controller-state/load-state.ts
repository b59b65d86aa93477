import { decodeControllerState } from '#shared/nvme/layouts/controller-state/controller-state.ts';
import {
  completionQueueAttributes,
  type NvmeControllerState,
} from '#shared/nvme/layouts/controller-state/controller-state-queues.ts';
import type { StatusName } from '#shared/nvme/status.ts';
import { shownResources } from '../../../controller/exposed-answers.ts';
import type { SimulatedController } from '../../../state/controller.ts';
import type { IncomingState } from '../../../state/incoming-state.ts';
import { decodeVendorState, type VendorState } from './vendor-state.ts';

/**
 * Verifies a complete Controller State and commits it. Nothing changes unless everything fits; the answer is the
 * status of the refusal, or undefined.
 */
export function loadState(controller: SimulatedController, incoming: IncomingState): StatusName | undefined {
  const decoded = decodeControllerState(incoming.bytes);
  if (!decoded.ok) return 'invalidField';
  const { nvme, vendor } = decoded.value;
  if ((nvme !== undefined && incoming.csvi === 0) || (vendor.length > 0 && incoming.csuuidi === 0))
    return 'invalidField';
  const vendorState = vendor.length === 0 ? undefined : decodeVendorState(vendor);
  if (vendorState && !vendorState.ok) return 'invalidField';
  const refused =
    (nvme && refuseQueues(controller, nvme)) ||
    (vendorState && refuseVendorState(controller, vendorState.value));
  if (refused) return refused;
  if (vendorState) commitVendorState(controller, vendorState.value);
  if (nvme) commitQueues(controller, nvme);
  return undefined;
}

function refuseQueues(controller: SimulatedController, state: NvmeControllerState): StatusName | undefined {
  const { live } = controller;
  if (live.submissionQueues.size + live.completionQueues.size > 0) return 'invalidField';
  const largestSize = Number(controller.cap & 0xffffn);
  const completion = new Set(state.completionQueues.map((queue) => queue.qid));
  for (const queue of [...state.submissionQueues, ...state.completionQueues]) {
    if (queue.qid > shownResources(controller).ioQueuePairs) return 'notEnoughResources';
    if (queue.qsize === 0 || queue.qsize > largestSize) return 'invalidField';
    if (queue.head > queue.qsize || queue.tail > queue.qsize) return 'invalidField';
  }
  const { interruptVectors } = shownResources(controller);
  for (const queue of state.completionQueues)
    if (completionQueueAttributes.decode(queue.attributes).iv >= interruptVectors)
      return 'notEnoughResources';
  return state.submissionQueues.every((queue) => completion.has(queue.cqid)) ? undefined : 'invalidField';
}

function refuseVendorState(controller: SimulatedController, state: VendorState): StatusName | undefined {
  const limit = (controller.identifyTemplate[259] ?? 0) + 1;
  if (
    state.outstandingEvents.length > limit ||
    state.vectors.length > shownResources(controller).interruptVectors
  )
    return 'notEnoughResources';
  for (const { nsid, nguid } of state.namespaces) {
    const namespace = controller.subsystem.namespaces.get(nsid);
    // The same number is not enough: the guest's data must be behind it.
    if (!namespace || namespace.file.nguid.padEnd(32, '0') !== nguid) return 'invalidNamespace';
    const isFree = namespace.isShared || namespace.attachedTo.size === 0;
    if (!namespace.attachedTo.has(controller.cntlid) && !isFree) return 'namespaceIsPrivate';
  }
  return undefined;
}

function commitQueues(controller: SimulatedController, state: NvmeControllerState): void {
  const { live } = controller;
  live.submissionQueues = new Map(state.submissionQueues.map((queue) => [queue.qid, queue]));
  live.completionQueues = new Map(state.completionQueues.map((queue) => [queue.qid, queue]));
}

function commitVendorState(controller: SimulatedController, state: VendorState): void {
  const { live } = controller;
  live.properties = { ...state.properties };
  live.admin = { ...state.admin };
  live.features = new Map(state.features);
  live.hostIdentifier = state.hostIdentifier.slice();
  live.events = {
    outstanding: [...state.outstandingEvents],
    pending: [...state.pendingEvents],
    masked: new Set(state.maskedEvents),
  };
  live.vectors = state.vectors.map((vector) => ({ ...vector }));
  live.changedNamespaces = new Set(state.changedNamespaces);
  live.timestampOffset = state.timestampOffset;
  Object.assign(controller.health, state.health);
  const attached = new Set(state.namespaces.map((namespace) => namespace.nsid));
  for (const namespace of controller.subsystem.namespaces.values())
    if (attached.has(namespace.nsid)) namespace.attachedTo.add(controller.cntlid);
    else namespace.attachedTo.delete(controller.cntlid);
}
