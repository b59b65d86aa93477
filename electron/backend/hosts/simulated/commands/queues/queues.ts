import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import {
  createCompletionQueue,
  createSubmissionQueue,
  deleteCompletionQueue,
  deleteSubmissionQueue,
} from '#shared/nvme/commands/queues.ts';
import {
  completionQueueAttributes,
  submissionQueueAttributes,
} from '#shared/nvme/layouts/controller-state/controller-state-queues.ts';
import { completionOf } from '#shared/nvme/status.ts';
import { shownCap, shownResources } from '../../controller/exposed-answers.ts';
import type { SimulatedController } from '../../state/controller.ts';

/**
 * Create I/O Completion Queue and Create I/O Submission Queue (NVMe Base 2.1, 5.2.1 and 5.2.2). Commands here carry no
 * PRPs, so a queue's memory is at an address that follows from its identifier.
 */
export function createQueue(controller: SimulatedController, command: AdminCommand): AdminCompletion {
  const { live } = controller;
  const isCompletion = command.opcode === createCompletionQueue.opcode;
  const queues = isCompletion ? live.completionQueues : live.submissionQueues;
  const { qid, qsize } = createCompletionQueue.decode(command);
  if (qid === 0 || qid > shownResources(controller).ioQueuePairs || queues.has(qid))
    return completionOf('invalidQueueIdentifier');
  if (qsize === 0 || BigInt(qsize) > (shownCap(controller) & 0xffffn))
    return completionOf('invalidQueueSize');
  const prp1 = queueAddress(qid, isCompletion);
  if (isCompletion) {
    const { iv: vector, ien, pc } = createCompletionQueue.decode(command);
    if (vector >= shownResources(controller).interruptVectors) return completionOf('invalidInterruptVector');
    const attributes = completionQueueAttributes.encode({ pc, ien, s0pt: true, iv: vector });
    live.completionQueues.set(qid, { prp1, qsize, qid, head: 0, tail: 0, attributes });
    sortQueues(live.completionQueues);
    return completionOf('success');
  }
  const { cqid, qprio, pc } = createSubmissionQueue.decode(command);
  if (!live.completionQueues.has(cqid)) return completionOf('completionQueueInvalid');
  const attributes = submissionQueueAttributes.encode({ pc, qprio });
  live.submissionQueues.set(qid, { prp1, qsize, qid, cqid, attributes, head: 0, tail: 0 });
  sortQueues(live.submissionQueues);
  return completionOf('success');
}

/** Delete I/O Completion Queue and Delete I/O Submission Queue (5.2.3 and 5.2.4). */
export function deleteQueue(controller: SimulatedController, command: AdminCommand): AdminCompletion {
  const { live } = controller;
  const { qid } = deleteCompletionQueue.decode(command);
  if (command.opcode === deleteSubmissionQueue.opcode)
    return completionOf(live.submissionQueues.delete(qid) ? 'success' : 'invalidQueueIdentifier');
  if (!live.completionQueues.has(qid)) return completionOf('invalidQueueIdentifier');
  for (const queue of live.submissionQueues.values())
    if (queue.cqid === qid) return completionOf('invalidQueueDeletion');
  live.completionQueues.delete(qid);
  return completionOf('success');
}

/** Guest memory address of a queue: 64 KiB apart, completion queues in the upper half. */
export function queueAddress(qid: number, isCompletion: boolean): bigint {
  return 0x1_0000_0000n + BigInt(qid) * 0x2_0000n + (isCompletion ? 0x1_0000n : 0n);
}

function sortQueues<Queue>(queues: Map<number, Queue>): void {
  const entries = [...queues].sort((left, right) => left[0] - right[0]);
  queues.clear();
  for (const [qid, queue] of entries) queues.set(qid, queue);
}
