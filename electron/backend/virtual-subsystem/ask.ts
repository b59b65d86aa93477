import { adminCommand, isSuccess } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/opcodes.ts';
import { type Result, succeed } from '#shared/result.ts';
import type { Answer } from '#shared/virtual-subsystem/readable-leaks.ts';
import type { AdminQueue } from '../hosts/admin-queue.ts';

const structureLength = 4096;
/** Enough for the pages that the leak check reads. */
const logLength = 512;

/** Identify with one CNS: 4,096 bytes, or null when the controller refuses it. Starts lists at the beginning. */
export async function askIdentify(queue: AdminQueue, cns: number, nsid = 0): Promise<Result<Answer>> {
  return ask(queue, { opcode: adminOpcodes.identify, nsid, cdw10: cns, readLength: structureLength });
}

/** The first 512 bytes of a log page. Events are retained: looking must not change what the guest sees. */
export async function askLog(queue: AdminQueue, lid: number): Promise<Result<Answer>> {
  const retainEvent = 1 << 15;
  const dwords = logLength / 4 - 1;
  const cdw10 = dwords * 0x1_0000 + retainEvent + lid;
  return ask(queue, { opcode: adminOpcodes.getLogPage, nsid: 0xffffffff, cdw10, readLength: logLength });
}

/** The default value of a feature as the 4 bytes of DW0. */
export async function askFeature(queue: AdminQueue, fid: number): Promise<Result<Answer>> {
  const selectDefault = 1 << 8;
  const answer = await queue.submit(
    adminCommand({ opcode: adminOpcodes.getFeatures, cdw10: selectDefault + fid, readLength: 8 }),
  );
  if (!answer.ok) return answer;
  if (!isSuccess(answer.value)) return succeed(null);
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, answer.value.dw0 >>> 0, true);
  return succeed(bytes);
}

async function ask(queue: AdminQueue, command: Parameters<typeof adminCommand>[0]): Promise<Result<Answer>> {
  const answer = await queue.submit(adminCommand(command));
  if (!answer.ok) return answer;
  return succeed(isSuccess(answer.value) ? (answer.value.data ?? null) : null);
}
