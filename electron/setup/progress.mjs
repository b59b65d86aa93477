/**
 * What a person reads while a script works: one plain line a step, and one sentence when something stops.
 */

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

/** @param {string} line */
export function say(line) {
  output.write(`${line}\n`);
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
