import { type AdminCommand, type AdminCompletion, adminCommand, isSuccess } from '#shared/nvme/command.ts';
import {
  previewKinds,
  virtualSubsystemReceiveSelectors,
} from '#shared/nvme/commands/proposal/virtual-subsystem-receive.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { type Result, succeed } from '#shared/result.ts';
import type { GuestQuestion } from '#shared/virtual-subsystem/guest-view/answer-as-guest.ts';
import type { Answer } from '#shared/virtual-subsystem/leak-check/readable-leaks.ts';
import type { AdminQueue } from '../hosts/admin-queue.ts';

/** Identify structures are this long; no log page that the leak check reads is longer. */
const answerLength = 4096;
const allNamespaces = 0xffffffff;

/**
 * Asks a controller what its guest asks: bytes (for Get Features the 4 bytes of DW0), or null when it refuses. Lists
 * start at the beginning, features answer their default, and events are retained: looking must not change what the
 * guest sees.
 */
export async function askQuestion(queue: AdminQueue, question: GuestQuestion): Promise<Result<Answer>> {
  return submit(queue, question, adminCommand(commandOf(question)));
}

/** The same question to the controlling function, which previews what a fresh secondary controller would answer. */
export async function askPreview(queue: AdminQueue, question: GuestQuestion): Promise<Result<Answer>> {
  const kinds = {
    identify: previewKinds.identify,
    'log-page': previewKinds.logPage,
    feature: previewKinds.feature,
  };
  return submit(queue, question, previewCommand(kinds[question.kind].value, question.number, question.nsid));
}

/** Controller properties or PCI configuration space of a fresh secondary controller; null when it is refused. */
export async function askPreviewBytes(
  queue: AdminQueue,
  kind: 'properties' | 'configuration',
): Promise<Result<Answer>> {
  const answer = await queue.submit(previewCommand(previewKinds[kind].value, 0, 0));
  if (!answer.ok) return answer;
  return succeed(isSuccess(answer.value) ? (answer.value.data ?? null) : null);
}

function previewCommand(kind: number, number: number, nsid: number): AdminCommand {
  return adminCommand({
    opcode: adminOpcodes.virtualSubsystemReceive,
    nsid,
    cdw10: number * 0x1_0000 + kind * 0x100 + virtualSubsystemReceiveSelectors.preview.value,
    readLength: answerLength,
  });
}

function commandOf({ kind, number, nsid }: GuestQuestion): Parameters<typeof adminCommand>[0] {
  if (kind === 'identify')
    return { opcode: adminOpcodes.identify, nsid, cdw10: number, readLength: answerLength };
  if (kind === 'feature') {
    const selectDefault = 1 << 8;
    return { opcode: adminOpcodes.getFeatures, cdw10: selectDefault + number, readLength: 16 };
  }
  const retainEvent = 1 << 15;
  const dwords = answerLength / 4 - 1;
  return {
    opcode: adminOpcodes.getLogPage,
    nsid: allNamespaces,
    cdw10: dwords * 0x1_0000 + retainEvent + number,
    readLength: answerLength,
  };
}

async function submit(
  queue: AdminQueue,
  { kind }: GuestQuestion,
  command: AdminCommand,
): Promise<Result<Answer>> {
  const answer = await queue.submit(command);
  if (!answer.ok) return answer;
  if (!isSuccess(answer.value)) return succeed(null);
  return succeed(kind === 'feature' ? featureBytes(answer.value) : (answer.value.data ?? null));
}

/** Completion dword 0, and the data behind it where the feature has some. */
function featureBytes({ dw0, data }: AdminCompletion): Uint8Array {
  const bytes = new Uint8Array(4 + (data?.length ?? 0));
  new DataView(bytes.buffer).setUint32(0, dw0 >>> 0, true);
  if (data !== undefined) bytes.set(data, 4);
  return bytes;
}
