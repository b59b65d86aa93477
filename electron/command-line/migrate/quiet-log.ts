import type { Log } from '#backend/ports.ts';
import type { CommandLineIo } from '../command-line-io.ts';

/** What a program without a log file has to say: only errors, which are defects. */
export function createLog(io: Pick<CommandLineIo, 'err'>): Log {
  const nothing = () => undefined;
  return {
    ...{ debug: nothing, info: nothing, warn: nothing },
    error: (message, details) =>
      io.err(`berth: ${message}${details === undefined ? '' : `: ${String(details)}`}\n`),
  };
}
