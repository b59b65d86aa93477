import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import {
  migrationReceive as definition,
  migrationReceiveSelectors as selectors,
} from '#shared/nvme/commands/migration/migration-receive.ts';
import { completionOf } from '#shared/nvme/status.ts';
import type { SimulatedPrimary } from '../../state/controller.ts';
import { saveState } from './controller-state/save-state.ts';
import { areFormatsKnown } from './controller-state/state-formats.ts';
import { migrationTarget } from './migration-target.ts';

const largestTransferOffset = 77;

/**
 * Migration Receive, Get Controller State (NVMe Base 2.1, 5.1.16). NUMDL is 0's based; what is asked for behind the end
 * of the structure reads zero. Completion dword 0 bit 0 (CSUP) says whether the target was suspended.
 */
export function migrationReceive(primary: SimulatedPrimary, command: AdminCommand): AdminCompletion {
  const { sel, csvi, csuuidi, cntlid, offset, numdl } = definition.decode(command);
  if (sel !== selectors.getControllerState.value) return completionOf('invalidField');
  const target = migrationTarget(primary, cntlid);
  if (!target) return completionOf('invalidControllerIdentifier');
  if (!areFormatsKnown(csvi, csuuidi)) return completionOf('invalidField');
  const length = (numdl + 1) * 4;
  if (offset % 4n !== 0n || length > largestTransfer(primary) || command.readLength < length)
    return completionOf('invalidField');
  const state = saveState(target, { nvme: csvi > 0, vendor: csuuidi > 0 });
  if (offset >= BigInt(state.length)) return completionOf('invalidField');
  const data = new Uint8Array(length);
  data.set(state.subarray(Number(offset), Number(offset) + length));
  return { ...completionOf('success', { dw0: definition.result.encode({ csup: target.suspended }) }), data };
}

/** MDTS of Identify Controller in bytes; 0 there means that there is no limit. */
export function largestTransfer(primary: SimulatedPrimary): number {
  const exponent = primary.identifyTemplate[largestTransferOffset] ?? 0;
  return exponent === 0 ? Number.POSITIVE_INFINITY : 2 ** exponent * 4096;
}
