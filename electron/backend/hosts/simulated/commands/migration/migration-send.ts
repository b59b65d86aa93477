import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import {
  migrationSend as definition,
  migrationSendSelectors as selectors,
  sequenceIndicators as sequence,
  setControllerState as stateForm,
  suspendController,
  suspendTypes,
} from '#shared/nvme/commands/migration/migration-send.ts';
import {
  controllerStateHeaderLength,
  decodeControllerStateExtent,
} from '#shared/nvme/layouts/controller-state/controller-state.ts';
import { completionOf, type StatusName } from '#shared/nvme/status.ts';
import { withdrawOneShots } from '../../controller/asynchronous-events.ts';
import type { SimulatedPrimary, SimulatedSecondary } from '../../state/controller.ts';
import { type IncomingState, withPiece } from '../../state/incoming-state.ts';
import { deleteQueue } from '../../state/tracking-state.ts';
import { loadState } from './controller-state/load-state.ts';
import { areFormatsKnown } from './controller-state/state-formats.ts';
import { largestTransfer } from './migration-receive.ts';
import { migrationTarget } from './migration-target.ts';

/** Migration Send (NVMe Base 2.1, 5.1.17): Suspend, Resume, Set Controller State. */
export function migrationSend(primary: SimulatedPrimary, command: AdminCommand): AdminCompletion {
  const { sel, cntlid } = definition.decode(command);
  const target = migrationTarget(primary, cntlid);
  switch (sel) {
    case selectors.suspend.value:
      return target ? suspend(primary, target, command) : completionOf('invalidControllerIdentifier');
    case selectors.resume.value:
      return target ? resume(target) : completionOf('invalidControllerIdentifier');
    case selectors.setControllerState.value:
      return target
        ? setControllerState(primary, target, command)
        : completionOf('invalidControllerIdentifier');
    default:
      return completionOf('invalidField');
  }
}

// Commands complete at once here, so nothing is in flight when it takes effect. An offline controller has nothing to
// suspend: its identifier is refused.
function suspend(
  primary: SimulatedPrimary,
  target: SimulatedSecondary,
  command: AdminCommand,
): AdminCompletion {
  const { stype, dudmq } = suspendController.decode(command);
  if (stype > suspendTypes.suspend.value) return completionOf('invalidField');
  if (target.isOffline) return completionOf('invalidControllerIdentifier');
  if (stype === suspendTypes.notification.value) return completionOf('success');
  const queue = target.dataQueue;
  // Asked to delete a queue that this controller does not have: 37h is listed for the command without a condition.
  if (dudmq && queue?.owner !== primary) return completionOf('invalidControllerDataQueue');
  target.suspended = true;
  queue?.pause();
  // The last entry is posted first, as in the specification's example flow.
  if (dudmq && queue) {
    deleteQueue(queue);
    withdrawOneShots(primary, queue.identifier);
  }
  return completionOf('success');
}

function resume(target: SimulatedSecondary): AdminCompletion {
  if (target.incoming) return completionOf('commandSequenceError');
  if (!target.suspended) return completionOf('controllerNotSuspended');
  target.suspended = false;
  target.dataQueue?.resume();
  return completionOf('success');
}

function setControllerState(
  primary: SimulatedPrimary,
  target: SimulatedSecondary,
  command: AdminCommand,
): AdminCompletion {
  const { setStateNeeds, onlyCommandCommits } = primary.subsystem.readings;
  const isReady = target.isEnabled === (setStateNeeds === 'enabled');
  if (!target.suspended && !isReady && !target.isOffline) return completionOf('invalidControllerIdentifier');
  const { seqind, csvi, csuuidi, offset, numd } = stateForm.decode(command);
  const length = numd * 4;
  const data = command.data ?? new Uint8Array();
  if (csvi + csuuidi === 0 || !areFormatsKnown(csvi, csuuidi)) return completionOf('invalidField');
  if (offset % 4n !== 0n || length > largestTransfer(primary) || data.length < length)
    return completionOf('invalidField');
  if (numd === 0 && seqind !== sequence.last.value) return completionOf('invalidField');
  const starts = seqind === sequence.first.value || seqind === sequence.only.value;
  if (!starts && !target.incoming) return completionOf('commandSequenceError');
  const before: IncomingState =
    starts || !target.incoming ? { csvi, csuuidi, bytes: new Uint8Array() } : target.incoming;
  if (before.csvi !== csvi || before.csuuidi !== csuuidi) return completionOf('invalidField');
  const after = withPiece(before, offset, data.subarray(0, length));
  const refused = after ? refuseEarly(target, after) : 'invalidField';
  if (refused || !after) return completionOf(refused ?? 'invalidField');
  const commits = seqind === sequence.last.value || (seqind === sequence.only.value && onlyCommandCommits);
  if (!commits) {
    target.incoming = after;
    return completionOf('success');
  }
  // Whatever comes of it, the sequence is over: after a failure the host sends the whole state again.
  target.incoming = null;
  const failed = loadState(target, after);
  return completionOf(failed ?? 'success');
}

// As soon as the header is there it tells what cannot work.
function refuseEarly(target: SimulatedSecondary, incoming: IncomingState): StatusName | undefined {
  if (incoming.bytes.length < controllerStateHeaderLength) return undefined;
  const extent = decodeControllerStateExtent(incoming.bytes);
  if (!extent.ok || incoming.bytes.length > extent.value.totalLength) return 'invalidField';
  const hasQueues =
    target.hasLiveState && target.live.submissionQueues.size + target.live.completionQueues.size > 0;
  const bringsQueues = extent.value.nvmeEnd > controllerStateHeaderLength;
  if (bringsQueues && (hasQueues || incoming.csvi === 0)) return 'invalidField';
  const bringsVendor = extent.value.totalLength > extent.value.nvmeEnd;
  return bringsVendor && incoming.csuuidi === 0 ? 'invalidField' : undefined;
}
