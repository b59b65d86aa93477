import type { AdminCommand } from '#shared/nvme/command.ts';
import { zeroBasedDwords } from '#shared/nvme/commands/get-log-page.ts';
import { migrationReceive } from '#shared/nvme/commands/migration/migration-receive.ts';
import {
  resumeController,
  setControllerState,
  suspendController,
} from '#shared/nvme/commands/migration/migration-send.ts';
import type { SimulatedController } from '../state/controller.ts';
import { run } from './test-kit.ts';

/** Builders of migration commands for tests. */

export const suspend = (cntlid: number, stype = 1, dudmq = false): AdminCommand =>
  suspendController.encode({ cntlid, stype, dudmq });

export const resume = (cntlid: number): AdminCommand => resumeController.encode({ cntlid });

/** SEQIND of Set Controller State. */
export const sequence = { middle: 0, first: 1, last: 2, only: 3 } as const;

/** `dwords` differs from the data only where a test wants NUMD to be wrong. */
export function setState(
  cntlid: number,
  seqind: number,
  data: Uint8Array,
  more: { offset?: number; csvi?: number; csuuidi?: number; dwords?: number } = {},
): AdminCommand {
  const { offset = 0, csvi = 1, csuuidi = 1, dwords = data.length / 4 } = more;
  return setControllerState.encode(
    { cntlid, seqind, csvi, csuuidi, offset: BigInt(offset), numd: dwords },
    { data },
  );
}

export function getState(
  cntlid: number,
  more: { offset?: number; bytes?: number; csvi?: number; csuuidi?: number } = {},
): AdminCommand {
  const { offset = 0, bytes = 4096, csvi = 1, csuuidi = 1 } = more;
  return migrationReceive.encode(
    { cntlid, csvi, csuuidi, offset: BigInt(offset), numdl: zeroBasedDwords(bytes) },
    { readLength: bytes },
  );
}

/** The Controller State of a secondary, all of it and nothing behind its end. */
export function save(primary: SimulatedController, cntlid: number): Uint8Array {
  const header = run(primary, getState(cntlid, { bytes: 48 })).data ?? new Uint8Array(48);
  const view = new DataView(header.buffer, header.byteOffset);
  const length = 48 + 4 * Number(view.getBigUint64(16, true) + view.getBigUint64(32, true));
  const state = new Uint8Array(length);
  for (let offset = 0; offset < length; offset += 0x10000) {
    const bytes = Math.min(0x10000, length - offset);
    state.set(run(primary, getState(cntlid, { offset, bytes })).data ?? [], offset);
  }
  return state;
}
