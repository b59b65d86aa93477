import type { AdminCompletion } from '#shared/nvme/command.ts';
import { featureIdentifiers, logPageIdentifiers } from '#shared/nvme/command-values.ts';
import { completionOf } from '#shared/nvme/status.ts';
import type { Execution, SimulatedController } from './controller.ts';
import type { AsynchronousEvent, ControllerLiveState } from './live-state.ts';

const limitOffset = 259;
const supportedEventsOffset = 92;
/** OAES and Asynchronous Event Configuration bit 8: attached namespace attribute notices. */
const namespaceNotices = 1 << 8;
const noticeType = 2;
const oneShotType = 4;
const namespaceAttributeChanged = 0;

/** Asynchronous Event Request (NVMe Base 2.1, 5.1.2): completes when there is an event, at most AERL + 1 may wait. */
export function requestEvent(controller: SimulatedController): Execution {
  const { events } = controller.live;
  const limit = (controller.identifyTemplate[limitOffset] ?? 0) + 1;
  if (events.outstanding >= limit)
    return { kind: 'completed', completion: completionOf('asynchronousEventLimitExceeded') };
  const index = events.pending.findIndex((event) => !events.masked.has(event.type));
  const [event] = index < 0 ? [] : events.pending.splice(index, 1);
  if (event === undefined) {
    events.outstanding++;
    return { kind: 'waiting' };
  }
  mask(events, event);
  return { kind: 'completed', completion: eventCompletion(event) };
}

/** Attributes or attachment of a namespace changed: notes it in log page 04h and tells the controller's host. */
export function namespaceChanged(controller: SimulatedController, nsid: number): void {
  if (!controller.isEnabled) return;
  const { live } = controller;
  const view = new DataView(controller.identifyTemplate.buffer, controller.identifyTemplate.byteOffset);
  const enabled = live.features.get(featureIdentifiers.asynchronousEventConfiguration.value) ?? 0;
  if ((view.getUint32(supportedEventsOffset, true) & enabled & namespaceNotices) === 0) return;
  live.changedNamespaces.add(nsid);
  raiseEvent(controller, {
    type: noticeType,
    information: namespaceAttributeChanged,
    logPage: logPageIdentifiers.changedNamespaces.value,
  });
}

/** The log page was read without Retain Asynchronous Event: events that point to it may be reported again. */
export function logPageRead(controller: SimulatedController, logPage: number): void {
  if (!controller.hasLiveState) return;
  const { events } = controller.live;
  if (logPage === logPageIdentifiers.changedNamespaces.value) events.masked.delete(noticeType);
}

/** A One-Shot event about a Controller Data Queue (NVMe Base 2.1, 5.1.2): 0 Tail Pointer, 1 Full Error. */
export function raiseOneShot(controller: SimulatedController, information: 0 | 1, cdqid: number): void {
  raiseEvent(controller, { type: oneShotType, information, logPage: 0, detail: cdqid });
}

/** Takes back events of a queue that no Asynchronous Event Request has reported yet. */
export function withdrawOneShots(
  controller: SimulatedController,
  cdqid: number,
  which: 'all' | 'tail-pointer' = 'all',
): void {
  if (!controller.hasLiveState) return;
  const { events } = controller.live;
  events.pending = events.pending.filter(
    ({ type, information, detail }) =>
      type !== oneShotType || detail !== cdqid || (which === 'tail-pointer' && information !== 0),
  );
}

function raiseEvent(controller: SimulatedController, event: AsynchronousEvent): void {
  const { events } = controller.live;
  const isWaiting = events.outstanding > 0 && !events.masked.has(event.type);
  const listener = isWaiting ? controller.eventListeners.shift() : undefined;
  if (listener) {
    events.outstanding--;
    mask(events, event);
    listener(eventCompletion(event));
    return;
  }
  if (isWaiting) {
    // A driver of the simulated world reads the log page at once and asks again.
    if (event.type === noticeType) controller.live.changedNamespaces.clear();
    return;
  }
  const known = events.pending.some(
    (pending) =>
      pending.type === event.type &&
      pending.information === event.information &&
      pending.detail === event.detail,
  );
  if (!known) events.pending.push(event);
}

// One-Shot events have no log page whose reading would unmask them, and arm themselves anew with every Set Features.
function mask(events: ControllerLiveState['events'], event: AsynchronousEvent): void {
  if (event.type !== oneShotType) events.masked.add(event.type);
}

/** Dword 0: type in 2:0, information in 15:8, log page in 23:16. Dword 1 of One-Shot events: the CDQID. */
function eventCompletion(event: AsynchronousEvent): AdminCompletion {
  const dw0 = event.type | (event.information << 8) | (event.logPage << 16);
  const completion = completionOf('success', { dw0 });
  return event.detail === undefined ? completion : { ...completion, dw1: event.detail };
}
