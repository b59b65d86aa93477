import type { QueueTracer } from '#backend/hosts/traced-admin-queue.ts';
import { statusValue } from '#shared/nvme/command.ts';

/** One admin command that a console line sent, as numbers. */
export interface SentCommand {
  /** `nvme0`, or the address of the function. */
  readonly controller: string;
  readonly opcode: number;
  readonly nsid: number;
  readonly cdw10: number;
  readonly cdw11: number;
  readonly cdw12: number;
  readonly cdw13: number;
  readonly cdw14: number;
  readonly cdw15: number;
  /** Bytes to or from the controller. */
  readonly dataLength: number;
  /** The 15-bit status with DNR in bit 14; null when there was no completion. */
  readonly status: number | null;
  readonly dw0: number | null;
}

/** Notes every command that goes through a queue. */
export function recordCommands(sent: SentCommand[]): QueueTracer {
  return (queue, { controller }) => ({
    ...queue,
    async submit(command) {
      const answer = await queue.submit(command);
      const { opcode, nsid, cdw10, cdw11, cdw12, cdw13, cdw14, cdw15 } = command;
      sent.push({
        controller,
        opcode,
        nsid: nsid >>> 0,
        cdw10: cdw10 >>> 0,
        cdw11: cdw11 >>> 0,
        cdw12: cdw12 >>> 0,
        cdw13: cdw13 >>> 0,
        cdw14: cdw14 >>> 0,
        cdw15: cdw15 >>> 0,
        dataLength: command.queueMemory?.bytes.length ?? command.data?.length ?? command.readLength,
        status: answer.ok ? statusValue(answer.value) : null,
        dw0: answer.ok ? answer.value.dw0 >>> 0 : null,
      });
      return answer;
    },
  });
}
