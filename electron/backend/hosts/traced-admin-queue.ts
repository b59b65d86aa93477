import { describeCommand, describeCompletion } from '#shared/nvme/describe-command.ts';
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
          ? { kind: 'completed', ...describeCompletion(command, answer.value) }
          : { kind: 'no-completion', message: answer.error.message },
        latencyMicroseconds,
      });
      return answer;
    },
  });
}
