import { type AdminCommand, type AdminCompletion, isSuccess, statusValue } from '#shared/nvme/command.ts';
import { describeCommand } from '#shared/nvme/describe-command.ts';
import { adminOpcodes } from '#shared/nvme/opcodes.ts';
import { describeStatus } from '#shared/nvme/status.ts';
import type { CommandTraceEntry } from '#shared/trace/schema.ts';
import type { Clock } from '../ports.ts';
import type { AdminQueue } from './admin-queue.ts';

/** Whom a queue belongs to; goes into every trace entry. */
export interface QueueOwner {
  readonly hostId: string;
  /** `nvme1`, or the PCI address when the function has no device name. */
  readonly controller: string;
  /** `host` for a queue of the host's driver, `guest` for the queue of a function owned by a guest. */
  readonly side: 'host' | 'guest';
}

/** Receives every command as it completes. */
export type TraceSink = (entry: Omit<CommandTraceEntry, 'sequence'>) => void;

/** Wraps an admin queue so that every command is traced: the only source of the command trace. */
export type QueueTracer = (queue: AdminQueue, owner: QueueOwner) => AdminQueue;

export function createQueueTracer(clock: Clock, sink: TraceSink): QueueTracer {
  return (queue, owner) => ({
    async submit(command) {
      const startedAt = clock.now();
      const begin = clock.microseconds();
      const answer = await queue.submit(command);
      const latencyMicroseconds = Math.max(0, clock.microseconds() - begin);
      const { name, words } = describeCommand(command);
      sink({
        at: startedAt,
        ...owner,
        opcode: command.opcode,
        nsid: command.nsid,
        dwords: [command.cdw10, command.cdw11, command.cdw12, command.cdw13, command.cdw14, command.cdw15],
        dataLength: command.data?.length ?? command.readLength,
        name,
        words,
        outcome: answer.ok
          ? completedOutcome(command, answer.value)
          : { kind: 'no-completion', message: answer.error.message },
        latencyMicroseconds,
      });
      return answer;
    },
  });
}

function completedOutcome(command: AdminCommand, completion: AdminCompletion): CommandTraceEntry['outcome'] {
  const success = isSuccess(completion);
  // Only Virtualization Management answers in dword 0 with a number that people look for: how much was modified.
  const modified = success && command.opcode === adminOpcodes.virtualizationManagement;
  return {
    kind: 'completed',
    success,
    status: statusValue(completion),
    statusWords: modified
      ? `Successful · NRM ${completion.dw0 & 0xffff}`
      : success
        ? 'Successful'
        : describeStatus(completion),
    dw0: completion.dw0,
  };
}
