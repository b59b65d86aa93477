import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { printNvmeCliJson } from '#shared/nvme/nvme-cli/nvme-cli-text.ts';
import { nvmeCliStatusLine, nvmeCliStatusText } from '#shared/nvme/status.ts';
import { type BerthError, succeed } from '#shared/result.ts';
import { type AskedController, askController } from '../../nvme/ask-controller.ts';
import { type CommandOutput, refused } from '../command-output.ts';
import type { NvmeCommand } from '../grammar/console-command.ts';

/** How a command reports its own failure: nvme-cli's words in front of the system's error, and the output format. */
export interface FailureWords {
  readonly subject: string;
  readonly version: NvmeCommand['version'];
  readonly json: boolean;
}

/** The completion of a command that succeeded, or what nvme-cli prints about one that did not. */
export type Exchange =
  | { readonly ok: true; readonly completion: AdminCompletion }
  | { readonly ok: false; readonly output: CommandOutput };

export async function exchange(
  queue: AskedController,
  command: AdminCommand,
  words: FailureWords,
): Promise<Exchange> {
  const answer = await askController(queue, {
    command,
    what: words.subject,
    decode: (_, completion) => succeed(completion),
  });
  if (answer.ok) return { ok: true, completion: answer.value };
  const { completion, error } = answer;
  const output = completion === undefined ? withoutCompletion(error, words) : statusOutput(completion, words);
  return { ok: false, output };
}

/** nvme-cli 2.13 reports errors of `-o json` on standard output. */
function statusOutput(completion: AdminCompletion, { version, json }: FailureWords): CommandOutput {
  if (version === '2.13' && json) {
    const error = { error: nvmeCliStatusText(completion), type: 'nvme' };
    return { exit: 1, stdout: new TextEncoder().encode(printNvmeCliJson(error, '2.13')), stderr: '' };
  }
  return refused(nvmeCliStatusLine(completion));
}

/** The system calls that fail without a completion: the kernel gave up waiting, or there is no queue. */
function withoutCompletion(error: BerthError, { subject }: FailureWords): CommandOutput {
  if (error.code === 'device-timeout') return refused(`${subject}: Interrupted system call`);
  const fix = error.fix === undefined ? '' : `\n${error.fix}`;
  return refused(`${subject}: ${error.message}${fix}`);
}
