import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { describeCommand } from '#shared/nvme/commands/table.ts';
import type { AdminQueue } from '../hosts/admin-queue.ts';
import { fixText, type Refusal, refusalOfExplanation } from '../hosts/refusal.ts';

/** For an error: the cause as a sentence of its own with a blank before it, or nothing; and what to do. */
export interface RefusalWords {
  readonly cause: string;
  readonly fix: string;
}

/**
 * Why a controller refused a command: what it knows itself, in the state that it is in, or else what is known of the
 * status.
 */
export async function whyRefused(
  queue: Pick<AdminQueue, 'refusalOf'>,
  command: AdminCommand,
  completion: AdminCompletion,
): Promise<RefusalWords> {
  // Asked before anything else happens to the controller.
  const refusal = queue.refusalOf(command, completion);
  if (refusal !== null) return { cause: ` ${refusal.cause}.`, fix: `${fixText(refusal)}.` };
  const { fix } = await refusalOfStatus(command, completion);
  return { cause: '', fix: `${fix}.` };
}

/** What is known of a status whatever the state of the device is. */
export async function refusalOfStatus(command: AdminCommand, completion: AdminCompletion): Promise<Refusal> {
  // Loaded when something was refused: it is long.
  const { explainStatus } = await import('#shared/explain/explain.ts');
  return refusalOfExplanation(explainStatus(completion, describeCommand(command).name));
}
