/**
 * What a person reads while a script works: one plain line a step, and one sentence when something stops.
 */

import { AsyncLocalStorage } from 'node:async_hooks';

/** A failure whose message is meant for the person at the terminal; printed without a stack. */
export class SetupError extends Error {
  /** @param {string} message one sentence that names the cause and what to do */
  constructor(message) {
    super(message);
    this.name = 'SetupError';
  }
}

/** @type {NodeJS.WritableStream} */
let output = process.stdout;

/** For programs whose standard output belongs to their result. */
export function sayOnStandardError() {
  output = process.stderr;
}

/** @type {AsyncLocalStorage<{ text: string }>} what is held back of work that runs beside other work */
const heldOutput = new AsyncLocalStorage();

/** @param {string} line */
export function say(line) {
  write(`${line}\n`);
}

/** @param {string} text as a child process wrote it */
export function write(text) {
  const held = heldOutput.getStore();
  if (held === undefined) output.write(text);
  else held.text += text;
}

/** @returns {boolean} whether what is written now is held back: a child process must then not write by itself */
export function isHoldingOutput() {
  return heldOutput.getStore() !== undefined;
}

/**
 * Runs work beside other work without mixing their lines.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<{ result: T, held: string }>} `held` is all that it said
 */
export function holdingOutput(work) {
  const held = { text: '' };
  return heldOutput.run(held, async () => ({ result: await work(), held: held.text }));
}

/** @param {string} line */
export function heading(line) {
  say(`\n── ${line} ${'─'.repeat(Math.max(3, 72 - line.length))}`);
}

/**
 * @param {number} milliseconds
 * @returns {string} "340 ms", "2.4 s" or "3 min 05 s"
 */
export function duration(milliseconds) {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/**
 * Runs an entry script: a SetupError ends it with its sentence, anything else with its stack, both with code 1.
 * @param {() => Promise<number | void>} main resolves to the exit code, 0 when it resolves to nothing
 */
export async function runEntry(main) {
  try {
    if (Number(process.versions.node.split('.')[0]) < 20) {
      throw new SetupError(`Berth needs Node 20 or newer; this is ${process.version}.`);
    }
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    process.stderr.write(
      error instanceof SetupError
        ? `\n${error.message}\n`
        : `\n${error instanceof Error ? error.stack : error}\n`,
    );
    process.exitCode = 1;
  }
}
