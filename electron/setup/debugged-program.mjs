/**
 * A program that is started and looked at through Chromium's remote debugging.
 *
 * For the figures: it looks at a start without slowing it down. Only a program that is not packaged can be looked at so.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from '@playwright/test';
import { SetupError } from './progress.mjs';
import { lastLines } from './run-command.mjs';

const startLimit = 30_000;
const quitLimit = 10_000;

export class DebuggedProgram {
  #child;
  #closed;
  #output = '';
  /** @type {import('@playwright/test').Browser | undefined} */
  #browser;

  /**
   * @param {string} command
   * @param {readonly string[]} words
   * @param {string} dataFolder the program's own, so that it never meets the person's data or running program
   */
  constructor(command, words, dataFolder) {
    /** Milliseconds since 1970, right before the start. */
    this.began = Date.now();
    this.#child = spawn(command, [...words, '--remote-debugging-port=0', `--user-data-dir=${dataFolder}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // The error of a command that cannot be started; 'close' alone may not come then.
    this.#child.on('error', (error) => (this.#output += error.message));
    this.#closed = once(this.#child, 'close').catch(() => [127]);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on('data', (chunk) => (this.#output += chunk));
    }
  }

  /** @returns {number} process id of the started command */
  get pid() {
    return this.#child.pid ?? 0;
  }

  /**
   * The first page. Looking at it slows a program down, so whoever measures its start calls this late.
   * @returns {Promise<import('@playwright/test').Page>}
   */
  async page() {
    const address = await this.#waitFor(() => this.#output.match(/DevTools listening on (ws:\S+)/)?.[1]);
    const browser = await chromium.connectOverCDP(address);
    this.#browser = browser;
    return this.#waitFor(() => browser.contexts()[0]?.pages()[0]);
  }

  /** Asks the program to quit, as closing its window would, and insists that it ends in order. */
  async quit() {
    const session = await this.#browser?.newBrowserCDPSession();
    await session?.send('Browser.close').catch(() => {}); // the answer may lose against the end of the program
    const ended = await Promise.race([this.#closed, pause(quitLimit, undefined, { ref: false })]);
    if (ended === undefined) {
      throw new SetupError(`The program did not quit within ${quitLimit / 1000} s after the request.`);
    }
    if (ended[0] !== 0) {
      throw new SetupError(`The program ended with ${ended[0] ?? ended[1]}:\n${lastLines(this.#output)}`);
    }
  }

  /** Ends it without asking, if it still runs. */
  async kill() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#closed;
  }

  /**
   * @template T
   * @param {() => T | undefined} look
   * @returns {Promise<T>}
   */
  async #waitFor(look) {
    for (const end = Date.now() + startLimit; Date.now() < end; await pause(20)) {
      const found = look();
      if (found !== undefined) return found;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        const ending = this.#child.exitCode ?? this.#child.signalCode;
        throw new SetupError(
          `The program ended with ${ending} before its window:\n${lastLines(this.#output)}`,
        );
      }
    }
    throw new SetupError(
      `The program did not open a window within ${startLimit / 1000} s. Its output:\n${lastLines(this.#output)}`,
    );
  }
}
