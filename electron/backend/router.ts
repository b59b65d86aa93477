import { type RequestChannel, requestChannels } from '#shared/ipc/channels.ts';
import { requestContract } from '#shared/ipc/contract.ts';
import { fail, type Result } from '#shared/result.ts';
import type { Handlers } from './handlers/handler.ts';
import type { Log } from './ports.ts';
import { toldError } from './told-error.ts';

/** Answers one request from outside; never throws. */
export type Route = (channel: unknown, request: unknown) => Promise<Result<unknown>>;

/**
 * The one door for requests, whatever carries them (IPC, the command line, tests): known channel, request as the
 * contract says, and an exception from inside becomes the error `internal`. The sender is checked by the transport.
 * `checkResponses` parses answers as well; tests switch it on.
 */
export function createRouter(
  handlers: Handlers<RequestChannel>,
  log: Log,
  options: { readonly checkResponses?: boolean } = {},
): Route {
  const known = new Set<unknown>(requestChannels);
  const answerTo: Route = async (channel, request) => {
    if (!known.has(channel))
      return fail('invalid-request', 'The channel does not exist.', {
        // Of anything but text only the type: turning an object into text calls what the sender put there.
        object: typeof channel === 'string' ? channel.slice(0, 100) : typeof channel,
      });
    const name = channel as RequestChannel;
    const parsed = requestContract[name].request.safeParse(request);
    if (!parsed.success) return invalidRequest(name, parsed.error.issues);
    try {
      // The channel decides the types of handler and request together, which a compiler cannot follow through a lookup.
      const handler = handlers[name] as (request: unknown) => Promise<Result<unknown>>;
      const answer = await handler(parsed.data);
      if (!answer.ok || options.checkResponses !== true) return answer;
      const checked = requestContract[name].response.safeParse(answer.value);
      if (checked.success) return answer;
      throw new Error(`The response of ${name} breaks the contract: ${checked.error.message}`);
    } catch (cause) {
      log.error(`handler of ${name} failed`, cause);
      return fail('internal', 'An internal error of Berth prevented this.', {
        object: name,
        fix: 'Try again. If it happens again, report it with the log file.',
      });
    }
  };
  return async (channel, request) => {
    const answer = await answerTo(channel, request);
    return answer.ok ? answer : { ok: false, error: toldError(answer.error) };
  };
}

function invalidRequest(
  channel: RequestChannel,
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): Result<unknown> {
  const lines = issues.map((issue) => `${fieldPath(issue.path)}: ${issue.message}`);
  return fail('invalid-request', issues[0]?.message ?? 'The request is not valid.', {
    object: channel,
    field: fieldPath(issues[0]?.path ?? []),
    fix: 'Correct the named field.',
    details: lines,
  });
}

/** `devices[0].sourceId` */
function fieldPath(path: readonly PropertyKey[]): string {
  const text = path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
  return text === '' ? 'request' : text;
}
