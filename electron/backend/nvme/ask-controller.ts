import { type AdminCommand, type AdminCompletion, isSuccess } from '#shared/nvme/command.ts';
import { describeCommand, opcodeName } from '#shared/nvme/commands/table.ts';
import { describeStatus } from '#shared/nvme/status.ts';
import { type BerthError, fail, type Result } from '#shared/result.ts';
import type { AdminQueue } from '../hosts/admin-queue.ts';
import type { Clock } from '../ports.ts';
import { whyRefused } from './why-refused.ts';

/** How long to wait for an answer, and by which clock. */
export interface AnswerTimeout {
  readonly timeoutMilliseconds: number;
  /**
   * That of the fleet, so that nothing times out because it is paused; the machine's only where the answer must not wait
   * for somebody to step it.
   */
  readonly clock: Clock;
}

/** A controller with a name, whose queue gives an answer up that does not come in time. */
export interface AskedController extends AdminQueue {
  /** The controller as the user knows it; errors name it. */
  readonly object: string;
}

/**
 * Bounds a queue: an answer that does not come in time is a `device-timeout` that names the controller and the command.
 * Whatever asks a controller does it through this.
 */
export function controllerToAsk(queue: AdminQueue, object: string, timeout: AnswerTimeout): AskedController {
  return {
    ...queue,
    object,
    submit: (command) => inTime(queue.submit(command), object, command, timeout),
  };
}

/** A device may never answer: Identify of a VF that was taken offline under its driver hangs for more than 20 s. */
async function inTime(
  answer: ReturnType<AdminQueue['submit']>,
  object: string,
  command: AdminCommand,
  { timeoutMilliseconds, clock }: AnswerTimeout,
): ReturnType<AdminQueue['submit']> {
  const answered = new AbortController();
  const what = `timeout of ${opcodeName(command.opcode)} to ${object}`;
  const timeout = clock.sleep(timeoutMilliseconds, { signal: answered.signal, what }).then(() => {
    // Words cost more than most commands do: only a command that failed gets them.
    const { name, words } = describeCommand(command);
    return fail('device-timeout', `${object} did not answer ${name} within ${timeoutMilliseconds} ms.`, {
      object,
      field: words === '' ? name : `${name} · ${words}`,
      fix: 'Check the controller (nvme reset), then read it again.',
    });
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    answered.abort('answered');
  }
}

/** What a controller is asked, and what is made of its answer. */
export interface Question<T> {
  readonly command: AdminCommand;
  /** What is asked for: `Identify Controller`. */
  readonly what: string;
  /** Takes the answer apart. `data` is empty where the command brings none. */
  readonly decode: (data: Uint8Array, completion: AdminCompletion) => Result<T>;
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
  controller: AskedController,
  { command, what, decode }: Question<T>,
): Promise<ControllerAnswer<T>> {
  const answer = await controller.submit(command);
  if (!answer.ok) return answer;
  const completion = answer.value;
  if (isSuccess(completion)) return decode(completion.data ?? new Uint8Array(0), completion);
  const { object } = controller;
  const { cause, fix } = await whyRefused(controller, command, completion);
  const refused = fail('device-status', `${object} refused ${what}: ${describeStatus(completion)}.${cause}`, {
    object,
    field: what,
    fix,
  });
  return refused.ok ? refused : { ...refused, completion };
}

/** Decodes nothing: exactly so many bytes, as they came. */
export function exactLength(
  length: number,
  { object, what }: { readonly object: string; readonly what: string },
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
