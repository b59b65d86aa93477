import { type AdminCommand, type AdminCompletion, isSuccess, statusValue } from '#shared/nvme/command.ts';
import { adminCommands, adminOpcodes, describeCommand } from '#shared/nvme/commands/table.ts';
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

/**
 * One command as it completed. It is kept raw and put into words only for who looks at it: words cost ten times what a
 * simulated command costs, and most commands are never looked at.
 */
export interface TracedCommand {
  /** When submitted: milliseconds since the Unix epoch, or of simulated time. */
  readonly at: number;
  readonly simulatedTime: boolean;
  readonly owner: QueueOwner;
  readonly command: AdminCommand;
  /** Without its data, which may be large and is not traced. */
  readonly completion: Omit<AdminCompletion, 'data'> | null;
  /** Why there was no completion; empty when there was one. */
  readonly failure: string;
  readonly latencyMicroseconds: number;
}

/** Receives every command as it completes. */
export type TraceSink = (traced: TracedCommand) => void;

/**
 * Wraps an admin queue so that every command is traced: the only source of the command trace. `clock`: the clock of
 * the world that the queue belongs to, where it has its own.
 */
export type QueueTracer = (queue: AdminQueue, owner: QueueOwner, clock?: Clock) => AdminQueue;

export function createQueueTracer(machineClock: Clock, sink: TraceSink): QueueTracer {
  return (queue, owner, clock = machineClock) => ({
    ...queue,
    async submit(command) {
      const at = clock.now();
      const begin = clock.microseconds();
      const answer = await queue.submit(command);
      const latencyMicroseconds = Math.max(0, clock.microseconds() - begin);
      const completion = answer.ok ? withoutData(answer.value) : null;
      const failure = answer.ok ? '' : answer.error.message;
      sink({
        at,
        simulatedTime: clock.simulated === true,
        owner,
        command,
        completion,
        failure,
        latencyMicroseconds,
      });
      return answer;
    },
  });
}

function withoutData({ sct, sc, more, dnr, dw0, dw1 }: AdminCompletion): Omit<AdminCompletion, 'data'> {
  return {
    sct,
    sc,
    dnr,
    dw0,
    ...(more === undefined ? {} : { more }),
    ...(dw1 === undefined ? {} : { dw1 }),
  };
}

/** The entry of the command trace: what was sent and answered, in words. */
export function describeTraced(traced: TracedCommand, sequence: number): CommandTraceEntry {
  const { command, completion } = traced;
  const { name, words } = describeCommand(command);
  return {
    sequence,
    at: traced.at,
    simulatedTime: traced.simulatedTime,
    ...traced.owner,
    opcode: command.opcode,
    nsid: command.nsid,
    dwords: [command.cdw10, command.cdw11, command.cdw12, command.cdw13, command.cdw14, command.cdw15],
    dataLength: command.data?.length ?? command.readLength,
    name,
    words,
    outcome:
      completion === null
        ? { kind: 'no-completion', message: traced.failure }
        : completedOutcome(command, completion),
    latencyMicroseconds: traced.latencyMicroseconds,
  };
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
      ? `Successful · NRM ${adminCommands.virtualizationManagement.result.decode(completion.dw0).nrm}`
      : success
        ? 'Successful'
        : describeStatus(completion),
    dw0: completion.dw0,
  };
}
