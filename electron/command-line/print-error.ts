import { shortenError } from '#shared/bounds/shorten.ts';
import type { BerthError } from '#shared/result.ts';
import { type CommandLineIo, type ExitCode, exitCodes } from './command-line-io.ts';

/** An error as the command line tells it: what, where, and the fix, with every detail. */
function errorText(given: BerthError): string {
  const error = shortenError(given);
  const where = [error.object, error.field].filter(
    (part) => part !== undefined && !error.message.includes(part),
  );
  const lines = [`berth: ${error.message}${where.length === 0 ? '' : ` (${where.join(', ')})`}`];
  if (error.fix !== undefined) lines.push(`  ${error.fix}`);
  for (const detail of error.details ?? []) lines.push(`  - ${detail}`);
  return `${lines.join('\n')}\n`;
}

/** Tells an error and answers its exit code: a SOURCE, snapshot or host that does not exist is a wrong command line. */
export function refuse(io: CommandLineIo, error: BerthError): ExitCode {
  io.err(errorText(error));
  return error.code === 'invalid-request' || error.code === 'not-found' ? exitCodes.usage : exitCodes.refused;
}
