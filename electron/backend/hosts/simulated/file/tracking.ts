import type { Pieces } from '#shared/bounds/pieces.ts';
import { decodeBase64 } from '#shared/fleet-file/base64.ts';
import type { FileTracking } from '#shared/fleet-file/tracking/tracking-schema.ts';
import { userDataMigrationEntryLength } from '#shared/nvme/layouts/tracking/user-data-migration-entry.ts';
import { migrationTarget } from '../commands/migration/migration-target.ts';
import { oneShotsOf } from '../controller/asynchronous-events.ts';
import type { SimulatedPrimary } from '../state/controller.ts';
import { ControllerDataQueue } from '../state/controller-data-queue.ts';
import { MemoryTracker } from '../state/memory-tracker.ts';

/** What a controlling function tracks, as a fleet file writes it; undefined when it tracks nothing. */
export function trackingToFile({ part }: SimulatedPrimary): FileTracking | undefined {
  const { queues, trackers } = part.tracking;
  if (queues.size + trackers.size === 0) return undefined;
  return {
    dataQueues: [...queues.values()].map((queue) => queue.toFile()),
    memoryTrackers: [...trackers].map(([target, tracker]) => ({
      cntlid: target.cntlid,
      granularity: tracker.exponent,
      ranges: tracker.ranges.map(({ saddr, len }) => ({
        address: `0x${saddr.toString(16)}`,
        granules: len,
      })),
      changed: tracker.changedToFile(),
    })),
  };
}

/** Continues what a fleet file, which was checked, says is tracked. */
export function* trackingFromFile(primary: SimulatedPrimary, file: FileTracking): Pieces<void> {
  const { queues, trackers } = primary.part.tracking;
  for (const written of file.dataQueues) {
    const target = migrationTarget(primary, written.cntlid);
    if (!target) continue;
    yield;
    const { slots, ranges } = written;
    const bytes = new Uint8Array(slots * userDataMigrationEntryLength);
    bytes.set(decodeBase64(written.memory));
    const memory = { address: BigInt(written.address), bytes, slots, ranges };
    const queue = new ControllerDataQueue(
      written.identifier,
      primary,
      target,
      memory,
      oneShotsOf(primary, written.identifier),
    );
    queue.restore(written);
    queues.set(queue.identifier, queue);
    target.dataQueue = queue;
  }
  for (const { cntlid, granularity, ranges, changed } of file.memoryTrackers) {
    const target = migrationTarget(primary, cntlid);
    if (!target) continue;
    const tracker = new MemoryTracker(
      granularity,
      ranges.map(({ address, granules }) => ({ saddr: BigInt(address), len: granules })),
    );
    yield* tracker.restoreChanged(changed);
    trackers.set(target, tracker);
    target.memoryTracker = tracker;
  }
}
