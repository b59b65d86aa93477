import { createHash } from 'node:crypto';
import { adminCommand, isSuccess } from '#shared/nvme/command.ts';
import { migrationReceiveSelectors } from '#shared/nvme/commands/migration/migration-receive.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import type { AdminQueue } from '../hosts/admin-queue.ts';

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
  queue: AdminQueue,
  target: { readonly cntlid: number; readonly bytes: number; readonly vendorPart: boolean },
): Promise<Uint8Array | null> {
  const state = new Uint8Array(target.bytes);
  for (let offset = 0; offset < target.bytes; offset += chunkBytes) {
    const length = Math.min(chunkBytes, target.bytes - offset);
    const answer = await queue.submit(
      adminCommand({
        opcode: adminOpcodes.migrationReceive,
        // CSVI 1 in 23:16: the first NVMe state version of CNS 20h.
        cdw10: 0x1_0000 + migrationReceiveSelectors.getControllerState.value,
        cdw11: (target.vendorPart ? 0x1_0000 : 0) + target.cntlid,
        cdw12: offset,
        // NUMDL counts dwords from 0.
        cdw15: length / 4 - 1,
        readLength: length,
      }),
    );
    if (!answer.ok || !isSuccess(answer.value) || answer.value.data?.length !== length) return null;
    state.set(answer.value.data, offset);
  }
  return state;
}
