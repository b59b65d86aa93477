import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import {
  controllerDataQueueAttributes,
  getControllerDataQueueFeature,
  setControllerDataQueueFeature,
} from '#shared/nvme/commands/features.ts';
import { completionOf } from '#shared/nvme/status.ts';
import { withdrawOneShots } from '../../controller/asynchronous-events.ts';
import type { SimulatedPrimary } from '../../state/controller.ts';

const dataLength = 512;

/**
 * Set Features, Controller Data Queue (NVMe Base 2.1, 5.1.25.1.23): the host's read position and the slot whose entry
 * raises an event. The text wants HP to name a slot with a posted entry; a host that has read everything has no such
 * slot to name, so the slot behind the last entry is taken too.
 */
export function setQueueFeature(primary: SimulatedPrimary, command: AdminCommand): AdminCompletion {
  const { cdqid, hp: head, tpt: trigger, etpt: arms } = setControllerDataQueueFeature.decode(command);
  const queue = primary.part.tracking.queues.get(cdqid);
  if (!queue) return completionOf('invalidControllerDataQueue');
  if (head >= queue.slots || (arms && trigger >= queue.slots)) return completionOf('invalidField');
  const advance = (head - queue.head + queue.slots) % queue.slots;
  if (advance > queue.posted) return completionOf('invalidField');
  queue.head = head;
  queue.armed = arms;
  if (arms) queue.trigger = trigger;
  withdrawOneShots(primary, queue.identifier, 'tail-pointer');
  return completionOf('success');
}

/** Get Features: HP and TPT in 512 bytes, the attributes of dword 11 in completion dword 0. */
export function getQueueFeature(
  primary: SimulatedPrimary,
  command: AdminCommand,
  which: 'current' | 'default',
): AdminCompletion {
  const queue = primary.part.tracking.queues.get(getControllerDataQueueFeature.decode(command).cdqid);
  if (!queue) return completionOf('invalidControllerDataQueue');
  if (command.readLength < dataLength) return completionOf('invalidField');
  const data = new Uint8Array(dataLength);
  const isCurrent = which === 'current';
  if (isCurrent) {
    const view = new DataView(data.buffer);
    view.setUint32(0, queue.head, true);
    view.setUint32(4, queue.trigger, true);
  }
  const dw0 = controllerDataQueueAttributes.encode({
    cdqid: queue.identifier,
    etpt: isCurrent && queue.armed,
  });
  return { ...completionOf('success', { dw0 }), data };
}
