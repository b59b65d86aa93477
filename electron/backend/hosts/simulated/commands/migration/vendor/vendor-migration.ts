import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { vendorLoadData, vendorQueryDataSize } from '#shared/nvme/commands/migration/vendor-migration.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { completionOf } from '#shared/nvme/status.ts';
import { isSecondary, type SimulatedPrimary, type SimulatedSecondary } from '../../../state/controller.ts';
import { loadImage, saveImage } from './function-image.ts';

/** Bytes of the largest state that the commands of the series can move. */
export const largestVendorImage = 256 * 1024;

/**
 * The migration commands of the vendor-opcode device (series of December 2022), on the controlling function. CDW10 15:0
 * names the virtual function, 1-based; CDW11 of Load Data is the size in bytes. The series says nothing of statuses, so
 * these are chosen here: Invalid Field for a function that does not exist, is not online, or whose data does not fit, and
 * Command Sequence Error for what needs a suspended function and finds a running one.
 */
export function vendorMigration(primary: SimulatedPrimary, command: AdminCommand): AdminCompletion {
  const { index, size } = vendorLoadData.decode(command);
  const target = virtualFunction(primary, index);
  if (target === undefined || target.isOffline) return completionOf('invalidField');
  switch (command.opcode) {
    case adminOpcodes.vendorQueryDataSize:
      return querySize(target);
    case adminOpcodes.vendorSuspend:
      target.suspended = true;
      return completionOf('success');
    case adminOpcodes.vendorResume:
      if (!target.suspended) return completionOf('commandSequenceError');
      target.suspended = false;
      return completionOf('success');
    case adminOpcodes.vendorSaveData:
      return saveData(target, command);
    case adminOpcodes.vendorLoadData:
      return loadData(target, command, size);
    default:
      return completionOf('invalidOpcode');
  }
}

function virtualFunction(primary: SimulatedPrimary, index: number): SimulatedSecondary | undefined {
  const found = primary.part.secondaries[index - 1];
  return found !== undefined && isSecondary(found) && found.isFunctionEnabled ? found : undefined;
}

/** Completion dword 0 is the size in bytes; it grows with the I/O queues that exist. */
function querySize(target: SimulatedSecondary): AdminCompletion {
  const { length } = saveImage(target, 'vendor-2022');
  return length > largestVendorImage
    ? completionOf('internalError')
    : completionOf('success', { dw0: vendorQueryDataSize.result.encode({ size: length }) });
}

// The command has no length: the host must have asked for the size and must offer that much memory.
function saveData(target: SimulatedSecondary, command: AdminCommand): AdminCompletion {
  if (!target.suspended) return completionOf('commandSequenceError');
  const data = saveImage(target, 'vendor-2022');
  if (data.length > largestVendorImage || command.readLength < data.length)
    return completionOf('dataTransferError');
  return { ...completionOf('success'), data };
}

function loadData(target: SimulatedSecondary, command: AdminCommand, size: number): AdminCompletion {
  if (!target.suspended) return completionOf('commandSequenceError');
  const data = command.data ?? new Uint8Array();
  if (size > largestVendorImage || size === 0) return completionOf('invalidField');
  if (data.length < size) return completionOf('dataTransferError');
  return completionOf(loadImage(target, 'vendor-2022', data.slice(0, size)) ?? 'success');
}
