import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import {
  trackSend as definition,
  logUserDataChanges as logForm,
  trackMemoryChanges as memoryForm,
  trackSendSelectors as selectors,
} from '#shared/nvme/commands/migration/track-send.ts';
import {
  decodeTrackMemoryData,
  type TrackMemoryData,
  trackMemoryDataLength,
} from '#shared/nvme/layouts/tracking/track-memory-data.ts';
import { completionOf } from '#shared/nvme/status.ts';
import type { TrackingLimits } from '../../profiles/tracking-limits.ts';
import type { SimulatedPrimary } from '../../state/controller.ts';
import { MemoryTracker } from '../../state/memory-tracker.ts';
import { trackingOf } from '../../state/tracking-state.ts';
import { migrationTarget } from '../migration/migration-target.ts';

/** Track Send (NVMe Base 2.1, 5.1.27): Log User Data Changes, Track Memory Changes. */
export function trackSend(
  primary: SimulatedPrimary,
  command: AdminCommand,
  limits: TrackingLimits,
): AdminCompletion {
  switch (definition.decode(command).sel) {
    case selectors.logUserDataChanges.value:
      return logUserDataChanges(primary, command);
    case selectors.trackMemoryChanges.value:
      return trackMemoryChanges(primary, command, limits);
    default:
      return completionOf('invalidField');
  }
}

// Stopping what does not run is no error: a host that cleans up need not know how far it came.
function logUserDataChanges(primary: SimulatedPrimary, command: AdminCommand): AdminCompletion {
  const { action, cdqid } = logForm.decode(command);
  const queue = primary.part.tracking.queues.get(cdqid);
  if (!queue) return completionOf('invalidControllerDataQueue');
  if (action > 1) return completionOf('invalidField');
  if (queue.target.suspended) return completionOf('controllerSuspended');
  if (action === 0) {
    queue.stop();
    return completionOf('success');
  }
  if (queue.isLogging) return completionOf('invalidControllerDataQueue');
  if (queue.free === 0) return completionOf('controllerDataQueueFull');
  queue.start();
  return completionOf('success');
}

function trackMemoryChanges(
  primary: SimulatedPrimary,
  command: AdminCommand,
  limits: TrackingLimits,
): AdminCompletion {
  const { action, cntlid } = memoryForm.decode(command);
  const target = migrationTarget(primary, cntlid);
  if (!target) return completionOf('invalidControllerIdentifier');
  const { trackers } = primary.part.tracking;
  // Only the lowest bit is defined for memory.
  if (action % 2 === 0) {
    trackers.delete(target);
    target.memoryTracker = null;
    return completionOf('success');
  }
  if (target.memoryTracker) return completionOf('invalidControllerIdentifier');
  const data = dataOf(command);
  if (!data || !isValid(data, limits)) return completionOf('invalidField');
  const tracker = new MemoryTracker(data.rmrtg, data.ranges);
  const everywhere = trackingOf(primary.subsystem).flatMap((state) => [...state.trackers.values()]);
  const mine = rangeCount([...trackers.values()]);
  const all = rangeCount(everywhere);
  const count = data.ranges.length;
  if (mine + count > limits.controllerRanges || all + count > limits.subsystemRanges)
    return completionOf('invalidField');
  const free = limits.granules - everywhere.reduce((sum, other) => sum + other.granules, 0);
  if (tracker.granules > free) {
    // Dword 0 names a granularity at which it would fit, dword 1 how many ranges may be named.
    const coarser = Math.ceil(Math.log2(tracker.granules / Math.max(1, free)));
    const mrtg = Math.min(limits.coarsest, data.rmrtg + coarser);
    const dw1 = Math.min(limits.controllerRanges - mine, limits.subsystemRanges - all);
    return { ...completionOf('notEnoughResources', { dw0: definition.result.encode({ mrtg }) }), dw1 };
  }
  trackers.set(target, tracker);
  target.memoryTracker = tracker;
  return completionOf('success');
}

/** The buffer may be longer than the structure in it. */
function dataOf(command: AdminCommand): TrackMemoryData | undefined {
  const bytes = command.data ?? new Uint8Array();
  const length = trackMemoryDataLength(bytes);
  if (length === undefined || bytes.length < length) return undefined;
  const decoded = decodeTrackMemoryData(bytes.subarray(0, length));
  return decoded.ok ? decoded.value : undefined;
}

function isValid({ rmrtg, ranges }: TrackMemoryData, limits: TrackingLimits): boolean {
  if (rmrtg < limits.finest || rmrtg > limits.coarsest || ranges.length === 0) return false;
  const granule = 4096n << BigInt(rmrtg);
  return ranges.every(
    ({ saddr, len }) =>
      saddr % granule === 0n &&
      len > 0 &&
      saddr + BigInt(len) * granule <= 1n << 64n &&
      (!limits.powerOfTwoLengths || Number.isInteger(Math.log2(len))),
  );
}

function rangeCount(trackers: readonly MemoryTracker[]): number {
  return trackers.reduce((sum, tracker) => sum + tracker.ranges.length, 0);
}
