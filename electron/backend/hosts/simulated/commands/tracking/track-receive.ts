import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import {
  trackReceive as definition,
  trackReceiveSelectors as selectors,
} from '#shared/nvme/commands/migration/track-receive.ts';
import {
  encodeTrackedMemoryChanges,
  trackedMemoryChangeLength,
  trackedMemoryChangesHeaderLength,
} from '#shared/nvme/layouts/tracking/tracked-memory-changes.ts';
import { completionOf } from '#shared/nvme/status.ts';
import type { SimulatedPrimary } from '../../state/controller.ts';
import { largestTransfer } from '../migration/migration-receive.ts';
import { migrationTarget } from '../migration/migration-target.ts';

/**
 * Track Receive, Tracked Memory Changes (NVMe Base 2.1, 5.1.26). What it reports it forgets. A buffer without room for
 * one change is refused: with changes to tell, no answer could be true (NTMCD 0 says that there is nothing more).
 */
export function trackReceive(primary: SimulatedPrimary, command: AdminCommand): AdminCompletion {
  const { sel, cntlid, numdl } = definition.decode(command);
  if (sel !== selectors.trackedMemoryChanges.value) return completionOf('invalidField');
  const target = migrationTarget(primary, cntlid);
  const tracker = target && primary.part.tracking.trackers.get(target);
  if (!tracker) return completionOf('invalidControllerIdentifier');
  const length = (numdl + 1) * 4;
  const room = Math.floor((length - trackedMemoryChangesHeaderLength) / trackedMemoryChangeLength);
  if (room < 1 || length > largestTransfer(primary) || command.readLength < length)
    return completionOf('invalidField');
  const changes = tracker.take(room);
  const data = encodeTrackedMemoryChanges({
    moreToReport: tracker.dirty > 0,
    suspended: target.suspended,
    cntlid,
    rpmpg: tracker.exponent,
    changes,
    length,
    reserved: [],
  });
  if (!data.ok) throw new Error(data.error.message);
  return { ...completionOf('success'), data: data.value };
}
