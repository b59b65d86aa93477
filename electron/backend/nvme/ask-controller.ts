import { type AdminCommand, type AdminCompletion, isSuccess } from '#shared/nvme/command.ts';
import { describeStatus } from '#shared/nvme/status.ts';
import { type BerthError, fail, type Result } from '#shared/result.ts';
import type { AdminQueue } from '../hosts/admin-queue.ts';
import type { Clock } from '../ports.ts';
import { withTimeout } from './with-timeout.ts';

/** What a controller is asked, and what is made of its answer. */
export interface Question<T> {
  readonly command: AdminCommand;
  /** The controller as the user knows it; errors name it. */
  readonly object: string;
  /** What is asked for: `Identify Controller`. */
  readonly what: string;
  /** Takes the answer apart. `data` is empty where the command brings none. */
  readonly decode: (data: Uint8Array, completion: AdminCompletion) => Result<T>;
}

/** How long to wait; without it as long as the queue does. */
export interface AnswerTimeout {
  readonly timeoutMilliseconds: number;
  /** The machine's, unless the answer comes at the pace of a simulated fleet. */
  readonly clock?: Clock;
}

/** An answer, or why there is none. `completion` is there when the controller refused. */
export type ControllerAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: BerthError; readonly completion?: AdminCompletion };

/**
 * Asks a controller one thing: sends the command, checks the status, decodes the answer. The one way in which discovery,
 * proof, guest view, leak check, procedures and console ask. Errors: `device-status` when the controller refuses,
 * `device-timeout` when it does not answer, `device-data` when the answer makes no sense, and those of the queue.
 */
export async function askController<T>(
  queue: AdminQueue,
  { command, object, what, decode }: Question<T>,
  patience?: AnswerTimeout,
): Promise<ControllerAnswer<T>> {
  const sent = queue.submit(command);
  const answer = await (patience === undefined
    ? sent
    : withTimeout(sent, patience.timeoutMilliseconds, { object, what }, patience.clock));
  if (!answer.ok) return answer;
  const completion = answer.value;
  if (isSuccess(completion)) return decode(completion.data ?? new Uint8Array(0), completion);
  const refused = fail('device-status', `${object} refused ${what}: ${describeStatus(completion)}.`, {
    object,
    field: what,
    fix: 'Check that the controller is online.',
  });
  return refused.ok ? refused : { ...refused, completion };
}

/** Decodes nothing: exactly so many bytes, as they came. */
export function exactLength(
  length: number,
  { object, what }: Pick<Question<unknown>, 'object' | 'what'>,
): (data: Uint8Array) => Result<Uint8Array> {
  return (data) =>
    data.length === length
      ? { ok: true, value: data }
      : fail('device-data', `${object} answered ${what} with ${data.length} bytes.`, {
          object,
          field: what,
          fix: `${length} bytes are expected; report this to the vendor of the controller.`,
        });
}
