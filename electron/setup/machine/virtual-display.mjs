/** A display that nobody sees, for machines without a screen: an X server of our own, ended with this process. */

import { spawn } from 'node:child_process';
import { SetupError } from '../progress.mjs';

const startTimeLimit = 15_000;

/**
 * @param {NodeJS.ProcessEnv} environment
 * @param {NodeJS.Platform} platform
 * @returns {boolean} whether a window can appear without help; only Linux may lack a display
 */
export function hasDisplay(environment = process.env, platform = process.platform) {
  return platform !== 'linux' || Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

/**
 * Starts Xvfb on a free display number, which Xvfb itself picks (so runs side by side do not collide), and sets
 * DISPLAY for this process and its children.
 * @returns {Promise<{ display: string, stop: () => void }>}
 */
export async function startVirtualDisplay() {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1680x1050x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const stop = () => void server.kill();
  process.once('exit', stop);
  // An interrupted process runs no exit handlers unless it leaves by itself.
  for (const [signal, number] of /** @type {const} */ ([
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ])) {
    process.once(signal, () => process.exit(128 + number));
  }
  const display = `:${await firstLine(server)}`;
  process.env.DISPLAY = display;
  return { display, stop };
}

/**
 * @param {import('node:child_process').ChildProcess} server
 * @returns {Promise<string>} the display number
 */
function firstLine(server) {
  return new Promise((done, fail) => {
    let complaint = '';
    const timer = setTimeout(() => {
      server.kill();
      fail(
        new SetupError(
          `The virtual display (Xvfb) did not start within ${startTimeLimit / 1000} s. ${complaint}`,
        ),
      );
    }, startTimeLimit);
    server.stderr?.on('data', (chunk) => (complaint += chunk));
    /** @type {import('node:stream').Readable} */ (server.stdio[3]).on('data', (chunk) => {
      clearTimeout(timer);
      // The server must not keep this process alive once everything else is done.
      server.unref();
      for (const stream of [server.stderr, server.stdio[3]]) {
        /** @type {import('node:net').Socket | null | undefined} */ (stream)?.unref();
      }
      done(String(chunk).trim());
    });
    server.on('error', (error) => {
      clearTimeout(timer);
      fail(
        new SetupError(
          `The virtual display (Xvfb) could not be started: ${error.message}. Install the package xvfb.`,
        ),
      );
    });
    server.on('exit', (code) => {
      clearTimeout(timer);
      fail(new SetupError(`The virtual display (Xvfb) ended at once with code ${code}. ${complaint}`));
    });
  });
}
