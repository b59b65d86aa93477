import {
  controllerDataQueueSelectors,
  createControllerDataQueue,
  controllerDataQueue as definition,
  deleteControllerDataQueue,
} from '#shared/nvme/commands/migration/controller-data-queue.ts';
import { trackReceive } from '#shared/nvme/commands/migration/track-receive.ts';
import {
  logUserDataChanges,
  trackMemoryChanges,
  trackSend,
  trackSendSelectors,
} from '#shared/nvme/commands/migration/track-send.ts';
import type { Refusal } from '../../refusal.ts';
import { largestTransfer } from '../commands/migration/migration-receive.ts';
import { migrationTarget } from '../commands/migration/migration-target.ts';
import { isPrimary, isSecondary, type SimulatedPrimary } from '../state/controller.ts';
import { trackingOf } from '../state/tracking-state.ts';
import { isSuspended, notATarget } from './migration-refusals.ts';
import {
  change,
  controllerName,
  listed,
  type RefusedByPrimary,
  type RefusedCommand,
} from './refused-command.ts';

/** Why Controller Data Queue was refused. */
export function dataQueueRefusal(refused: RefusedByPrimary): Refusal | null {
  const { controller, command, status, who } = refused;
  const { sel } = definition.decode(command);
  if (sel === controllerDataQueueSelectors.delete.value)
    return unknownQueue(refused, controller, deleteControllerDataQueue.decode(command).cdqid);
  if (sel !== controllerDataQueueSelectors.create.value)
    return change(`${who} knows create (SEL 0) and delete (1), not SEL ${sel}`, 'Give SEL 0 or 1 in CDW10');
  const { qt, cntlid, size } = createControllerDataQueue.decode(command);
  if (qt !== 0) return change(`${who} has queue type 0; type ${qt} was asked for`, 'Give --qt=0');
  const target = migrationTarget(controller, cntlid);
  if (target === undefined) return notATarget(refused, controller, cntlid);
  if (target.dataQueue !== null && status === 'invalidField')
    return change(
      `CNTLID ${cntlid} already has data queue ${target.dataQueue.identifier}`,
      'Use that queue, or delete it first',
    );
  if (status === 'prpOffsetInvalid')
    return change(
      `The memory for the queue of CNTLID ${cntlid} begins inside a page (${command.queueMemory?.address})`,
      'Give memory that begins at a multiple of 4,096',
    );
  const limits = controller.subsystem.profile.tracking;
  const everywhere = trackingOf(controller.subsystem).flatMap(({ queues }) => [...queues.values()]);
  const mine = controller.part.tracking.queues.size;
  const isFull =
    limits !== null && (mine >= limits.controllerQueues || everywhere.length >= limits.subsystemQueues);
  if (isFull)
    return change(
      `${who} has ${mine} of ${limits.controllerQueues} data queues (MCUDMQ), the NVM subsystem ${everywhere.length} of ${limits.subsystemQueues} (MNSUDMQ)`,
      `Delete a queue first: those of ${who} are ${listed(controller.part.tracking.queues.keys())}`,
    );
  return change(
    `A queue of ${size} dwords for CNTLID ${cntlid} with ${command.queueMemory?.bytes.length ?? 0} bytes of memory is not one that ${who} takes (MCMR ${limits?.queueRanges}, NMCMR ${limits?.subsystemQueueRanges}, MCDQPC ${limits?.queuePages})`,
    'Give a multiple of the entry size with room for two entries, in memory of that size and with fewer pieces',
  );
}

function unknownQueue({ host }: RefusedCommand, primary: SimulatedPrimary, cdqid: number): Refusal {
  const owner = [...primary.subsystem.controllers.values()].find(
    (other) => other !== primary && isPrimary(other) && other.part.tracking.queues.has(cdqid),
  );
  const who = controllerName(host, primary);
  const known = listed(primary.part.tracking.queues.keys());
  return change(
    owner === undefined
      ? `${who} has no data queue ${cdqid}; its queues: ${known}`
      : `Data queue ${cdqid} belongs to CNTLID ${owner.cntlid}, not to ${who}; its queues: ${known}`,
    'Give the identifier that create-cdq answered',
  );
}

/** Why Track Send was refused. */
export function trackSendRefusal(refused: RefusedByPrimary): Refusal | null {
  const { controller, command, status, who } = refused;
  const { sel } = trackSend.decode(command);
  if (sel > trackSendSelectors.trackMemoryChanges.value)
    return change(`${who} knows SEL 0 and 1; SEL ${sel} was given`, 'Give --sel=0 (user data) or 1 (memory)');
  if (sel === trackSendSelectors.logUserDataChanges.value) {
    const { action, cdqid } = logUserDataChanges.decode(command);
    const queue = controller.part.tracking.queues.get(cdqid);
    if (queue === undefined) return unknownQueue(refused, controller, cdqid);
    if (status === 'controllerSuspended' && isSecondary(queue.target))
      return isSuspended(refused, queue.target);
    if (status === 'controllerDataQueueFull')
      return change(
        `Data queue ${cdqid} of ${who} is full: ${queue.posted} entries in ${queue.slots} slots`,
        'Read the entries and move the head (nvme set-feature --feature-id=0x21), then start again',
      );
    if (status === 'invalidField')
      return change(
        `Action ${action} is not one of data queue ${cdqid} of ${who}`,
        'Give --mos=0 (stop) or 1 (start)',
      );
    return change(
      `Data queue ${cdqid} of ${who} already logs the changes of CNTLID ${queue.target.cntlid}`,
      'Leave the step out',
    );
  }
  const { cntlid } = trackMemoryChanges.decode(command);
  const target = migrationTarget(controller, cntlid);
  if (target === undefined) return notATarget(refused, controller, cntlid);
  if (status === 'invalidControllerIdentifier')
    return change(
      `The memory of CNTLID ${cntlid} is already tracked`,
      'Stop the tracking that runs first (--mos=0)',
    );
  const limits = controller.subsystem.profile.tracking;
  const everywhere = trackingOf(controller.subsystem).flatMap(({ trackers }) => [...trackers.values()]);
  const used = everywhere.reduce((sum, tracker) => sum + tracker.granules, 0);
  if (status === 'notEnoughResources')
    return change(
      `${who} notes ${limits?.granules} granules, ${used} are in use, and CNTLID ${cntlid} needs more than are left`,
      'Ask for a coarser granularity: completion dword 0 names one',
    );
  return change(
    `${who} tracks ranges of CNTLID ${cntlid} with RMRTG ${limits?.finest} to ${limits?.coarsest}, at most ${limits?.controllerRanges} ranges (CMMRTD)${limits?.powerOfTwoLengths ? ', with lengths that are powers of two' : ''}; ${command.data?.length ?? 0} bytes came that ask for something else`,
    'Give at least one range, aligned to the granularity, of at least one granule',
  );
}

/** Why Track Receive was refused. */
export function trackReceiveRefusal(refused: RefusedByPrimary): Refusal | null {
  const { controller, command, who } = refused;
  const { sel, cntlid, numdl } = trackReceive.decode(command);
  if (sel !== 0) return change(`${who} knows SEL 0; SEL ${sel} was given`, 'Give --sel=0');
  const target = migrationTarget(controller, cntlid);
  if (target === undefined) return notATarget(refused, controller, cntlid);
  if (!controller.part.tracking.trackers.has(target))
    return change(
      `${who} does not track the memory of CNTLID ${cntlid}`,
      'Start the tracking first (Track Send, SEL 1), from the same controller',
    );
  return change(
    `${(numdl + 1) * 4} bytes were asked of ${who} with memory for ${command.readLength}; MDTS allows ${largestTransfer(controller)}, and one change needs room`,
    'Ask for 4,096 bytes',
  );
}
