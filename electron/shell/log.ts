import path from 'node:path';
import log from 'electron-log/node.js';
import type { Log } from '#backend/ports.ts';

/** A rotating file in the data folder; nothing leaves the machine. */
export function createShellLog(dataFolder: string): Log {
  log.transports.file.resolvePathFn = () => path.join(dataFolder, 'logs', 'berth.log');
  log.transports.file.maxSize = 5 * 1024 * 1024;
  log.transports.console.level = process.env.BERTH_LOG === undefined ? 'error' : 'debug';
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, details?: unknown): void => {
      if (details === undefined) log[level](message);
      else log[level](message, details);
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
