import { getLogPage, zeroBasedDwords } from '#shared/nvme/commands/get-log-page.ts';
import type { AskedController } from '../../nvme/ask-controller.ts';
import { type Exchange, exchange, type FailureWords } from './admin-exchange.ts';

/** nvme-cli reads a longer page piece by piece. */
const largestPiece = 4096;
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
  queue: AskedController,
  request: LogPageRequest,
  words: FailureWords,
): Promise<Exchange> {
  const data = new Uint8Array(request.length);
  for (let offset = 0; ; offset += largestPiece) {
    const length = Math.min(largestPiece, request.length - offset);
    const isLast = offset + length >= request.length;
    const answer = await exchange(
      queue,
      getLogPage.encode(
        {
          nsid: request.nsid ?? allNamespaces,
          lid: request.lid,
          rae: request.retain || !isLast,
          numd: zeroBasedDwords(length),
          lpo: BigInt(offset),
          csi: request.csi ?? 0,
        },
        { readLength: length },
      ),
      words,
    );
    if (!answer.ok) return answer;
    data.set((answer.completion.data ?? new Uint8Array()).subarray(0, length), offset);
    if (isLast) return { ok: true, completion: { ...answer.completion, data } };
  }
}
