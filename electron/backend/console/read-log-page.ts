import { adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import type { AdminQueue } from '../hosts/admin-queue.ts';
import { type Exchange, exchange, type Telling } from './admin-exchange.ts';

/** nvme-cli reads a longer page piece by piece. */
const largestPiece = 4096;
const retainBit = 0x8000;
const allNamespaces = 0xffffffff;

/** A log page to read from its beginning. */
export interface LogPageRequest {
  readonly lid: number;
  /** Bytes, a multiple of 4. */
  readonly length: number;
  /** FFFFFFFFh without it. */
  readonly nsid?: number;
  readonly retain?: boolean;
  readonly csi?: number;
}

/** Reads a log page; all pieces but the last retain the event, so that only reading the whole page clears it. */
export async function readLogPage(
  queue: AdminQueue,
  request: LogPageRequest,
  telling: Telling,
): Promise<Exchange> {
  const data = new Uint8Array(request.length);
  for (let offset = 0; ; offset += largestPiece) {
    const length = Math.min(largestPiece, request.length - offset);
    const isLast = offset + length >= request.length;
    const answer = await exchange(
      queue,
      adminCommand({
        opcode: adminOpcodes.getLogPage,
        nsid: request.nsid ?? allNamespaces,
        cdw10: (length / 4 - 1) * 0x1_0000 + (request.retain || !isLast ? retainBit : 0) + request.lid,
        cdw12: offset,
        cdw14: (request.csi ?? 0) * 0x100_0000,
        readLength: length,
      }),
      telling,
    );
    if (!answer.ok) return answer;
    data.set((answer.completion.data ?? new Uint8Array()).subarray(0, length), offset);
    if (isLast) return { ok: true, completion: { ...answer.completion, data } };
  }
}
