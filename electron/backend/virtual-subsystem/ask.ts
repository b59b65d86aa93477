import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { featureSelectors, getFeatures } from '#shared/nvme/commands/features.ts';
import { getLogPage, zeroBasedDwords } from '#shared/nvme/commands/get-log-page.ts';
import { identify } from '#shared/nvme/commands/identify.ts';
import { previewAnswer, previewKinds } from '#shared/nvme/commands/proposal/virtual-subsystem-receive.ts';
import { opcodeName } from '#shared/nvme/commands/table.ts';
import { type Result, succeed } from '#shared/result.ts';
import type { GuestQuestion } from '#shared/virtual-subsystem/guest-view/answer-as-guest.ts';
import type { Answer } from '#shared/virtual-subsystem/leak-check/readable-leaks.ts';
import { type AskedController, askController } from '../nvme/ask-controller.ts';

/** Identify structures are this long; no log page that the leak check reads is longer. */
const answerLength = 4096;
const allNamespaces = 0xffffffff;

/**
 * Asks a controller what its guest asks: bytes (for Get Features the 4 bytes of DW0), or null when it refuses. Lists
 * start at the beginning, features answer their default, and events are retained: looking must not change what the
 * guest sees.
 */
export async function askQuestion(
  controller: AskedController,
  question: GuestQuestion,
): Promise<Result<Answer>> {
  return ask(controller, commandOf(question), question.kind === 'feature' ? featureBytes : dataOf);
}

/** The same question to the controlling function, which previews what a fresh secondary controller would answer. */
export async function askPreview(
  controller: AskedController,
  question: GuestQuestion,
): Promise<Result<Answer>> {
  const kinds = {
    identify: previewKinds.identify,
    'log-page': previewKinds.logPage,
    feature: previewKinds.feature,
  };
  const { kind, number, nsid } = question;
  return ask(
    controller,
    previewCommand(kinds[kind].value, number, nsid),
    kind === 'feature' ? featureBytes : dataOf,
  );
}

/** Controller properties or PCI configuration space of a fresh secondary controller; null when it is refused. */
export async function askPreviewBytes(
  controller: AskedController,
  kind: 'properties' | 'configuration',
): Promise<Result<Answer>> {
  return ask(controller, previewCommand(previewKinds[kind].value, 0, 0), dataOf);
}

function previewCommand(kind: number, number: number, nsid: number): AdminCommand {
  return previewAnswer.encode({ kind, number, nsid }, { readLength: answerLength });
}

function commandOf({ kind, number, nsid }: GuestQuestion): AdminCommand {
  if (kind === 'identify') return identify.encode({ nsid, cns: number }, { readLength: answerLength });
  if (kind === 'feature')
    return getFeatures.encode({ fid: number, sel: featureSelectors.default.value }, { readLength: 16 });
  return getLogPage.encode(
    { nsid: allNamespaces, lid: number, rae: true, numd: zeroBasedDwords(answerLength) },
    { readLength: answerLength },
  );
}

async function ask(
  controller: AskedController,
  command: AdminCommand,
  bytesOf: (completion: AdminCompletion) => Answer,
): Promise<Result<Answer>> {
  const answer = await askController<Answer>(controller, {
    command,
    what: opcodeName(command.opcode),
    decode: (_, completion) => succeed(bytesOf(completion)),
  });
  // A refusal is an answer here: the guest sees it too.
  return !answer.ok && answer.completion !== undefined ? succeed(null) : answer;
}

function dataOf({ data }: AdminCompletion): Answer {
  return data ?? null;
}

/** Completion dword 0, and the data behind it where the feature has some. */
function featureBytes({ dw0, data }: AdminCompletion): Uint8Array {
  const bytes = new Uint8Array(4 + (data?.length ?? 0));
  new DataView(bytes.buffer).setUint32(0, dw0 >>> 0, true);
  if (data !== undefined) bytes.set(data, 4);
  return bytes;
}
