import {
  createCompletionQueue,
  createSubmissionQueue,
  deleteCompletionQueue,
  deleteSubmissionQueue,
} from '#shared/nvme/commands/queues.ts';
import type { Refusal } from '../../refusal.ts';
import { abortLimit } from '../commands/queues/abort.ts';
import { shownCap, shownResources } from '../controller/exposed-answers.ts';
import { isSecondary } from '../state/controller.ts';
import { change, controllerName, listed, type RefusedCommand } from './refused-command.ts';

const eventLimitOffset = 259;

/** Why a queue was not made or deleted. */
export function queueRefusal({ controller, command, status, host }: RefusedCommand): Refusal | null {
  const who = controllerName(host, controller);
  const { ioQueuePairs, interruptVectors } = shownResources(controller);
  const { live } = controller;
  const { qid, qsize } = createCompletionQueue.decode(command);
  const isCompletion =
    command.opcode === createCompletionQueue.opcode || command.opcode === deleteCompletionQueue.opcode;
  const queues = isCompletion ? live.completionQueues : live.submissionQueues;
  const kind = isCompletion ? 'completion' : 'submission';
  const assigned = isSecondary(controller) ? `, because it has ${ioQueuePairs + 1} VQ` : '';
  switch (status) {
    case 'invalidQueueIdentifier': {
      const isDeletion =
        command.opcode === deleteCompletionQueue.opcode || command.opcode === deleteSubmissionQueue.opcode;
      if (isDeletion)
        return change(
          `${who} has no I/O ${kind} queue ${qid}; it has ${listed(queues.keys())}`,
          'Give one of its queues',
        );
      return change(
        queues.has(qid)
          ? `${who} already has an I/O ${kind} queue ${qid}`
          : `${who} has I/O queues 1 to ${ioQueuePairs}${assigned}; ${qid} was asked for`,
        `Give a free number between 1 and ${ioQueuePairs}${isSecondary(controller) ? ', or assign it more VQ while it is offline' : ''}`,
      );
    }
    case 'invalidQueueSize': {
      const most = Number(shownCap(controller) & 0xffffn) + 1;
      return change(
        `${who} has queues of 2 to ${most} entries (CAP.MQES); ${qsize + 1} were asked for`,
        `Give QSIZE 1 to ${most - 1}`,
      );
    }
    case 'invalidInterruptVector': {
      const { iv } = createCompletionQueue.decode(command);
      return change(
        `${who} has ${interruptVectors} interrupt vectors; vector ${iv} was named`,
        `Give a vector below ${interruptVectors}, or assign it more VI while it is offline`,
      );
    }
    case 'completionQueueInvalid': {
      const { cqid } = createSubmissionQueue.decode(command);
      return change(
        `${who} has no I/O completion queue ${cqid}; it has ${listed(live.completionQueues.keys())}`,
        'Create the completion queue first',
      );
    }
    case 'invalidQueueDeletion': {
      const users = [...live.submissionQueues.values()].filter((queue) => queue.cqid === qid);
      return change(
        `I/O submission queue ${listed(users.map((queue) => queue.qid))} of ${who} uses completion queue ${qid}`,
        'Delete the submission queue first',
      );
    }
    default:
      return null;
  }
}

/** Why an Asynchronous Event Request or an Abort came back at once. */
export function requestRefusal({ controller, status, host, command }: RefusedCommand): Refusal | null {
  const who = controllerName(host, controller);
  const { outstanding } = controller.live.events;
  switch (status) {
    case 'commandIdConflict':
      return change(
        `Command identifier ${command.commandIdentifier ?? 0} is in use on the admin queue of ${who}`,
        'Give another identifier',
      );
    case 'asynchronousEventLimitExceeded':
      return change(
        `${outstanding.length} event requests wait on ${who}, and it keeps ${(controller.identifyTemplate[eventLimitOffset] ?? 0) + 1} (AERL)`,
        'Wait for an event; the driver always keeps requests of its own',
      );
    case 'abortRequested':
      return change(`An Abort command ended the request to ${who}`, 'Ask again');
    case 'abortLimitExceeded':
      return change(
        `${abortLimit(controller)} Abort commands to ${who} are outstanding, as many as it takes (ACL)`,
        'Wait until one of them completes',
      );
    default:
      return null;
  }
}
