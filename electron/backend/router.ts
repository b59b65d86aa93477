import { checkInPieces, type SchemaFinding } from '#shared/bounds/check-in-pieces.ts';
import { type Excess, findExcess, type ValueBounds } from '#shared/bounds/find-excess.ts';
import { shorten, shortenError } from '#shared/bounds/shorten.ts';
import { largestFleetFile, largestPaste, requestBounds } from '#shared/bounds/sizes.ts';
import { type RequestChannel, requestChannels } from '#shared/ipc/channels.ts';
import { requestContract } from '#shared/ipc/contract.ts';
import { largestScript } from '#shared/rehearsal/rehearsal.ts';
import { fail, type Result } from '#shared/result.ts';
import type { Handlers } from './handlers/handler.ts';
import { inTurns } from './in-turns.ts';
import type { Log } from './ports.ts';

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
  return async (channel, request) => {
    if (!known.has(channel))
      return fail('invalid-request', 'The channel does not exist.', {
        // Of anything but text only the type: turning an object into text calls what the sender put there.
        object: typeof channel === 'string' ? channel.slice(0, 100) : typeof channel,
      });
    const name = channel as RequestChannel;
    const excess = findExcess(request, boundsOf[name] ?? requestBounds);
    if (excess !== null) return tooLarge(name, excess);
    try {
      const checked = await inTurns(checkInPieces(requestContract[name].request, request));
      if (!checked.ok) return shortened(invalidRequest(name, checked.findings));
      // The channel decides the types of handler and request together, which a compiler cannot follow through a lookup.
      const handler = handlers[name] as (request: unknown) => Promise<Result<unknown>>;
      const answer = await handler(checked.value);
      if (!answer.ok) return shortened(answer);
      if (options.checkResponses !== true) return answer;
      const response = requestContract[name].response.safeParse(answer.value);
      if (response.success) return answer;
      throw new Error(`The response of ${name} breaks the contract: ${response.error.message}`);
    } catch (cause) {
      log.error(`handler of ${name} failed`, cause);
      return fail('internal', 'An internal error of Berth prevented this.', {
        object: name,
        fix: 'Try again. If it happens again, report it with the log file.',
      });
    }
  };
}

function shortened(answer: Result<unknown>): Result<unknown> {
  return answer.ok ? answer : { ok: false, error: shortenError(answer.error) };
}

/** Requests that carry a file. */
const fileBounds = { ...requestBounds, text: largestFleetFile };
/** Requests that carry a text that was pasted. */
const pasteBounds = { ...requestBounds, text: largestPaste };
const boundsOf: Partial<Record<RequestChannel, ValueBounds>> = {
  'fleet-file:check': fileBounds,
  'fleet-file:save': fileBounds,
  'rehearsal:start': { ...requestBounds, text: largestScript },
  'outputs:recognise': pasteBounds,
  'fleet:open': pasteBounds,
};

/** Told before the contract looks at it: a contract looks at every element and has something to say of each. */
function tooLarge(channel: RequestChannel, { path, message, fix }: Excess): Result<never> {
  return fail('invalid-request', `${message}.`, {
    object: channel,
    field: shorten(fieldPath(path), 300),
    fix,
  });
}

function invalidRequest(channel: RequestChannel, issues: readonly SchemaFinding[]): Result<unknown> {
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
