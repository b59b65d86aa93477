import { createHash } from 'node:crypto';
import { zeroBasedDwords } from '#shared/nvme/commands/get-log-page.ts';
import {
  migrationReceive,
  migrationReceiveSelectors,
} from '#shared/nvme/commands/migration/migration-receive.ts';
import { type AskedController, askController, exactLength } from '../nvme/ask-controller.ts';

/** Bytes of one Migration Receive: below any MDTS but the smallest (4 KiB × 2^MDTS). */
const chunkBytes = 4096;

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Reads the Controller State of a suspended controller again, through its controlling function (Migration Receive, NVMe
 * Base 2.1, 5.1.16). That is what the destination accepted, not what was sent to it. Null when it cannot be read.
 */
export async function readBackState(
  controlling: AskedController,
  target: { readonly cntlid: number; readonly bytes: number; readonly vendorPart: boolean },
): Promise<Uint8Array | null> {
  const state = new Uint8Array(target.bytes);
  for (let offset = 0; offset < target.bytes; offset += chunkBytes) {
    const length = Math.min(chunkBytes, target.bytes - offset);
    const what = 'Migration Receive';
    const answer = await askController(controlling, {
      what,
      command: migrationReceive.encode(
        {
          sel: migrationReceiveSelectors.getControllerState.value,
          // The first NVMe state version and the first vendor format of CNS 20h.
          csvi: 1,
          csuuidi: target.vendorPart ? 1 : 0,
          cntlid: target.cntlid,
          offset: BigInt(offset),
          numdl: zeroBasedDwords(length),
        },
        { readLength: length },
      ),
      decode: exactLength(length, { object: controlling.object, what }),
    });
    if (!answer.ok) return null;
    state.set(answer.value, offset);
  }
  return state;
}
