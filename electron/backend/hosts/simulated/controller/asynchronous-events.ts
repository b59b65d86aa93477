import { eventNumber } from '#shared/nvme/announcements/announcements.ts';
import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { asynchronousEventRequest } from '#shared/nvme/commands/asynchronous-event-request.ts';
import { featureIdentifiers } from '#shared/nvme/commands/features.ts';
import { logPageIdentifiers as pages } from '#shared/nvme/commands/get-log-page.ts';
import { completionOf } from '#shared/nvme/status.ts';
import { freeCommandIdentifier } from '../commands/queues/command-identifier.ts';
import type { Execution, SimulatedController } from '../state/controller.ts';
import type { RaiseOneShot } from '../state/controller-data-queue.ts';
import type { AsynchronousEvent, ControllerLiveState } from '../state/live-state.ts';
import { offers } from './announced.ts';

const limitOffset = 259;
/** Asynchronous Event Configuration bit 8: attached namespace attribute notices. */
const namespaceNotices = 1 << 8;
/** Asynchronous Event Types (NVMe Base 2.1, 5.1.2). */
const types = { error: 0, smart: 1, notice: 2, oneShot: 4, commandSet: 6 } as const;
const namespaceAttributeChanged = 0;
const sanitizeCompleted = 1;
/** SMART / Health events by the bit of Critical Warning and of the configuration that asks for them. */
const smartInformation = {
  spare: { bit: 0, information: 2 },
  temperature: { bit: 1, information: 1 },
} as const;
/** Error events. A refused command raises none; these are failures of the controller itself. */
const errorInformation = { persistentInternal: 3, transientInternal: 4 } as const;

/** Log page whose reading clears an event type. One-Shot events have none. */
const clearedBy: ReadonlyMap<number, number> = new Map<number, number>([
  [pages.errorInformation.value, types.error],
  [pages.smart.value, types.smart],
  [pages.changedNamespaces.value, types.notice],
  [pages.sanitizeStatus.value, types.commandSet],
]);

/** Asynchronous Event Request (NVMe Base 2.1, 5.1.2): completes when there is an event, at most AERL + 1 may wait. */
export function requestEvent(controller: SimulatedController, command: AdminCommand): Execution {
  const { events } = controller.live;
  const refused = (status: 'commandIdConflict' | 'asynchronousEventLimitExceeded'): Execution => ({
    kind: 'completed',
    completion: completionOf(status),
  });
  const identifier = command.commandIdentifier ?? freeCommandIdentifier(events.outstanding);
  if (events.outstanding.includes(identifier)) return refused('commandIdConflict');
  const limit = (controller.identifyTemplate[limitOffset] ?? 0) + 1;
  if (events.outstanding.length >= limit) return refused('asynchronousEventLimitExceeded');
  const index = events.pending.findIndex((event) => !events.masked.has(event.type));
  const [event] = index < 0 ? [] : events.pending.splice(index, 1);
  if (event === undefined) {
    events.outstanding.push(identifier);
    return { kind: 'waiting', commandIdentifier: identifier };
  }
  mask(events, event);
  return { kind: 'completed', completion: eventCompletion(event) };
}

/** Ends an event request that waits, as Abort does; false when none has this identifier. */
export function abortEventRequest(controller: SimulatedController, identifier: number): boolean {
  if (!controller.hasLiveState) return false;
  const { outstanding } = controller.live.events;
  const index = outstanding.indexOf(identifier);
  if (index < 0) return false;
  outstanding.splice(index, 1);
  const listener = controller.eventListeners.get(identifier);
  controller.eventListeners.delete(identifier);
  listener?.(completionOf('abortRequested', { dnr: false }));
  return true;
}

/** Attributes or attachment of a namespace changed: notes it in log page 04h and tells the controller's host. */
export function namespaceChanged(controller: SimulatedController, nsid: number): void {
  if (!controller.isEnabled) return;
  const { live } = controller;
  if (!offers(controller, 'events', eventNumber(types.notice, namespaceAttributeChanged))) return;
  if ((configuration(controller) & namespaceNotices) === 0) return;
  live.changedNamespaces.add(nsid);
  raiseEvent(controller, {
    type: types.notice,
    information: namespaceAttributeChanged,
    logPage: pages.changedNamespaces.value,
  });
}

/** A bit of Critical Warning became 1: the host hears of it if its configuration asks for that bit. */
export function criticalWarning(controller: SimulatedController, which: keyof typeof smartInformation): void {
  if (!controller.isEnabled) return;
  const { bit, information } = smartInformation[which];
  if ((configuration(controller) & (1 << bit)) === 0) return;
  raiseEvent(controller, { type: types.smart, information, logPage: pages.smart.value });
}

/** The controller failed inside, for a moment or for good. Error events cannot be switched off. */
export function internalError(controller: SimulatedController, which: keyof typeof errorInformation): void {
  if (!controller.isEnabled) return;
  const information = errorInformation[which];
  raiseEvent(controller, { type: types.error, information, logPage: pages.errorInformation.value });
}

/** A sanitize operation ended. */
export function sanitizeEnded(controller: SimulatedController): void {
  if (!controller.isEnabled) return;
  raiseEvent(controller, {
    type: types.commandSet,
    information: sanitizeCompleted,
    logPage: pages.sanitizeStatus.value,
  });
}

/**
 * The log page was read without Retain Asynchronous Event: that clears the events that point to it, those that nobody
 * heard of yet included, and their type may be reported again.
 */
export function logPageRead(controller: SimulatedController, logPage: number): void {
  if (!controller.hasLiveState) return;
  const type = clearedBy.get(logPage);
  if (type === undefined) return;
  const { events } = controller.live;
  events.masked.delete(type);
  events.pending = events.pending.filter((event) => event.type !== type);
}

/** Raises One-Shot events about a Controller Data Queue (NVMe Base 2.1, 5.1.2): 0 Tail Pointer, 1 Full Error. */
export function oneShotsOf(controller: SimulatedController, cdqid: number): RaiseOneShot {
  return (information) =>
    raiseEvent(controller, { type: types.oneShot, information, logPage: 0, detail: cdqid });
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
      type !== types.oneShot || detail !== cdqid || (which === 'tail-pointer' && information !== 0),
  );
}

// Requests of callers outside come first; a driver of the simulated world would take every event otherwise.
function raiseEvent(controller: SimulatedController, event: AsynchronousEvent): void {
  if (!offers(controller, 'events', eventNumber(event.type, event.information))) return;
  const { events } = controller.live;
  if (events.outstanding.length === 0 || events.masked.has(event.type)) {
    const known = events.pending.some(
      (pending) =>
        pending.type === event.type &&
        pending.information === event.information &&
        pending.detail === event.detail,
    );
    if (!known) events.pending.push(event);
    return;
  }
  const [first] = controller.eventListeners;
  if (!first) {
    // The driver asks again at once. After a notice it has read the log page; of the others it only tells its user.
    if (event.type === types.notice) controller.live.changedNamespaces.clear();
    else mask(events, event);
    return;
  }
  const [identifier, listener] = first;
  controller.eventListeners.delete(identifier);
  events.outstanding = events.outstanding.filter((outstanding) => outstanding !== identifier);
  mask(events, event);
  listener(eventCompletion(event));
}

function configuration(controller: SimulatedController): number {
  return controller.live.features.get(featureIdentifiers.asynchronousEventConfiguration.value) ?? 0;
}

// One-Shot events have no log page whose reading would unmask them, and arm themselves anew with every Set Features.
function mask(events: ControllerLiveState['events'], event: AsynchronousEvent): void {
  if (event.type !== types.oneShot) events.masked.add(event.type);
}

/** Dword 1 of One-Shot events is the CDQID. */
function eventCompletion(event: AsynchronousEvent): AdminCompletion {
  const { type: aet, information: aei, logPage: lpi } = event;
  const dw0 = asynchronousEventRequest.result.encode({ aet, aei, lpi });
  const completion = completionOf('success', { dw0 });
  return event.detail === undefined ? completion : { ...completion, dw1: event.detail };
}
