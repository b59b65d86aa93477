import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import {
  createControllerDataQueue,
  controllerDataQueue as definition,
  deleteControllerDataQueue,
  controllerDataQueueSelectors as selectors,
} from '#shared/nvme/commands/migration/controller-data-queue.ts';
import { userDataMigrationEntryLength } from '#shared/nvme/layouts/tracking/user-data-migration-entry.ts';
import { completionOf } from '#shared/nvme/status.ts';
import { oneShotsOf, withdrawOneShots } from '../../controller/asynchronous-events.ts';
import type { TrackingLimits } from '../../profiles/tracking-limits.ts';
import type { SimulatedPrimary } from '../../state/controller.ts';
import { ControllerDataQueue } from '../../state/controller-data-queue.ts';
import { deleteQueue, freeIdentifier, trackingOf } from '../../state/tracking-state.ts';
import { migrationTarget } from '../migration/migration-target.ts';

const userDataMigrationQueue = 0;
const entryDwords = userDataMigrationEntryLength / 4;
const pageBytes = 4096;

/** Controller Data Queue (NVMe Base 2.1, 5.1.4): Create and Delete of user data migration queues. */
export function controllerDataQueue(
  primary: SimulatedPrimary,
  command: AdminCommand,
  limits: TrackingLimits,
): AdminCompletion {
  switch (definition.decode(command).sel) {
    case selectors.create.value:
      return create(primary, command, limits);
    case selectors.delete.value: {
      const { cdqid } = deleteControllerDataQueue.decode(command);
      const queue = primary.part.tracking.queues.get(cdqid);
      if (!queue) return completionOf('invalidControllerDataQueue');
      deleteQueue(queue);
      withdrawOneShots(primary, cdqid);
      return completionOf('success');
    }
    default:
      return completionOf('invalidField');
  }
}

function create(primary: SimulatedPrimary, command: AdminCommand, limits: TrackingLimits): AdminCompletion {
  const { qt, cntlid, size, pc: contiguous } = createControllerDataQueue.decode(command);
  if (qt !== userDataMigrationQueue) return completionOf('invalidField');
  const target = migrationTarget(primary, cntlid);
  if (!target) return completionOf('invalidControllerIdentifier');
  // A ring of one slot could never hold an entry, because one slot stays free.
  const slots = size / entryDwords;
  if (!Number.isInteger(slots) || slots < 2) return completionOf('invalidField');
  const memory = command.queueMemory;
  if (!memory || memory.bytes.length < size * 4) return completionOf('invalidField');
  if (memory.address % BigInt(pageBytes) !== 0n) return completionOf('prpOffsetInvalid');
  const pages = Math.ceil((size * 4) / pageBytes);
  const ranges = contiguous ? 1 : pages;
  const everywhere = trackingOf(primary.subsystem).flatMap(({ queues }) => [...queues.values()]);
  const rangesInUse = everywhere.reduce((sum, queue) => sum + queue.ranges, 0);
  if (!contiguous && pages > limits.queuePages) return completionOf('invalidField');
  if (ranges > limits.queueRanges || rangesInUse + ranges > limits.subsystemQueueRanges)
    return completionOf('invalidField');
  if (target.dataQueue !== null) return completionOf('invalidField');
  if (
    primary.part.tracking.queues.size >= limits.controllerQueues ||
    everywhere.length >= limits.subsystemQueues
  )
    // 5.1.4 says Invalid Field here, the description of user data migration queues says Not Enough Resources.
    return completionOf(primary.subsystem.readings.queueLimitStatus);
  const identifier = freeIdentifier(primary);
  const queue = new ControllerDataQueue(
    identifier,
    primary,
    target,
    { ...memory, slots, ranges },
    oneShotsOf(primary, identifier),
  );
  primary.part.tracking.queues.set(identifier, queue);
  target.dataQueue = queue;
  return completionOf('success', { dw0: definition.result.encode({ cdqid: identifier }) });
}
