import path from 'node:path';
import { inspect } from 'node:util';
import type { Log } from '#backend/ports.ts';
import { visibleText } from '#shared/visible-text.ts';

type Write = (level: keyof Log, parts: readonly unknown[]) => void;

/**
 * A rotating file in the data folder; nothing leaves the machine. The library is loaded with the first line that is
 * written: it brings modules for sending logs elsewhere, and an undisturbed start writes nothing.
 */
export function createShellLog(dataFolder: string): Log {
  let opened: Promise<Write> | null = null;
  const write =
    (level: keyof Log) =>
    (message: string, details?: unknown): void => {
      opened ??= openLog(dataFolder);
      opened
        .then((add) => add(level, details === undefined ? [message] : [message, details]))
        // A log that cannot be written, on a full disk for example, must not end the program.
        .catch(() => process.stderr.write(`${level}: ${message}\n`));
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

async function openLog(dataFolder: string): Promise<Write> {
  const { default: log } = await import('electron-log/node.js');
  log.transports.file.resolvePathFn = () => path.join(dataFolder, 'logs', 'berth.log');
  log.transports.file.maxSize = 5 * 1024 * 1024;
  log.transports.console.level = process.env.BERTH_LOG === undefined ? 'error' : 'debug';
  return (level, parts) => log[level](...parts.map(inWords));
}

/** As text that a terminal showing the file does not obey. */
function inWords(part: unknown): string {
  return visibleText(typeof part === 'string' ? part : inspect(part, { depth: 6 }));
}
