import type { NvmeCommand } from '#shared/console/console-line.ts';
import { type AdminCommand, type AdminCompletion, isSuccess } from '#shared/nvme/command.ts';
import { printNvmeCliJson } from '#shared/nvme/nvme-cli/nvme-cli-text.ts';
import { nvmeCliStatusLine, nvmeCliStatusText } from '#shared/nvme/status.ts';
import type { BerthError } from '#shared/result.ts';
import type { AdminQueue } from '../hosts/admin-queue.ts';
import { type CommandOutput, refused } from './command-output.ts';

/** How a command tells its own failure: nvme-cli's words in front of the system's error, and the output format. */
export interface Telling {
  readonly subject: string;
  readonly version: NvmeCommand['version'];
  readonly json: boolean;
}

/** The completion of a command that succeeded, or what nvme-cli prints about one that did not. */
export type Exchange =
  | { readonly ok: true; readonly completion: AdminCompletion }
  | { readonly ok: false; readonly output: CommandOutput };

export async function exchange(
  queue: AdminQueue,
  command: AdminCommand,
  telling: Telling,
): Promise<Exchange> {
  const answer = await queue.submit(command);
  if (!answer.ok) return { ok: false, output: withoutCompletion(answer.error, telling) };
  if (isSuccess(answer.value)) return { ok: true, completion: answer.value };
  return { ok: false, output: statusOutput(answer.value, telling) };
}

/** nvme-cli 2.13 tells errors of `-o json` on standard output. */
function statusOutput(completion: AdminCompletion, telling: Telling): CommandOutput {
  if (telling.version === '2.13' && telling.json) {
    const json = { error: nvmeCliStatusText(completion), type: 'nvme' };
    return { exit: 1, stdout: new TextEncoder().encode(printNvmeCliJson(json, '2.13')), stderr: '' };
  }
  return refused(nvmeCliStatusLine(completion));
}

/** The system calls that fail without a completion: the kernel gave up waiting, or there is no queue. */
function withoutCompletion(error: BerthError, telling: Telling): CommandOutput {
  if (error.code === 'device-timeout') return refused(`${telling.subject}: Interrupted system call`);
  const fix = error.fix === undefined ? '' : `\n${error.fix}`;
  return refused(`${telling.subject}: ${error.message}${fix}`);
}
