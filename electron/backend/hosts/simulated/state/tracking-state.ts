import type { SimulatedController, SimulatedPrimary } from './controller.ts';
import type { ControllerDataQueue, UserDataChange } from './controller-data-queue.ts';
import type { MemoryTracker } from './memory-tracker.ts';
import type { SimulatedSubsystem } from './subsystem.ts';

/**
 * What a controlling function tracks for migrations. It lives in host memory and in the device's volatile memory: any
 * Controller Level Reset of the controlling function ends it.
 */
export interface TrackingState {
  /** By CDQID. */
  readonly queues: Map<number, ControllerDataQueue>;
  /** By controlled function. */
  readonly trackers: Map<SimulatedController, MemoryTracker>;
}

export function noTracking(): TrackingState {
  return { queues: new Map(), trackers: new Map() };
}

/** Deletes all queues and stops all tracking, without last entries: the device forgets. */
export function stopTracking({ queues, trackers }: TrackingState): void {
  for (const queue of queues.values()) forgetQueue(queue);
  for (const target of trackers.keys()) target.memoryTracker = null;
  queues.clear();
  trackers.clear();
}

/** Deletes one queue of a controller. */
export function deleteQueue(queue: ControllerDataQueue): void {
  queue.owner.part.tracking.queues.delete(queue.identifier);
  forgetQueue(queue);
}

/** Nobody learns of changes any more, so nobody can copy them: what was told apart need not be. */
function forgetQueue({ target }: ControllerDataQueue): void {
  target.dataQueue = null;
  for (const nsid of target.subsystem.attachedTo(target.cntlid))
    target.subsystem.namespaces.get(nsid)?.contents.joinAgain();
}

/** The tracking state of every controlling function of an NVM subsystem. */
export function trackingOf(subsystem: SimulatedSubsystem): readonly TrackingState[] {
  const found: TrackingState[] = [];
  for (const { part } of subsystem.controllers.values())
    if (part.kind === 'primary') found.push(part.tracking);
  return found;
}

/** A controlled function wrote to host memory: data of reads, completion queue entries. Reads do not count. */
export function memoryWritten(controller: SimulatedController, address: bigint, length: number): void {
  controller.memoryTracker?.written(address, length);
}

/** A controlled function changed logical blocks. */
export function userDataChanged(controller: SimulatedController, change: UserDataChange): void {
  controller.dataQueue?.record(change);
}

/** Every logical block of every namespace of a controlled function changed, as after Sanitize or Format NVM. */
export function everythingChanged(controller: SimulatedController, nsids?: readonly number[]): void {
  const { subsystem, cntlid, dataQueue } = controller;
  if (!dataQueue) return;
  for (const nsid of nsids ?? subsystem.attachedTo(cntlid)) dataQueue.recordAll(nsid);
}

/** CDQID that no queue of the controller has; identifiers count from 1. */
export function freeIdentifier({ part }: SimulatedPrimary): number {
  let identifier = 1;
  while (part.tracking.queues.has(identifier)) identifier++;
  return identifier;
}
