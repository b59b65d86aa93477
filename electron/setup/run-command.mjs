/** Child processes of the set-up: always awaited, and ended when the set-up itself is ended. */

import { spawn } from 'node:child_process';
import { projectRoot } from './paths.mjs';
import { isHoldingOutput, write } from './progress.mjs';

/**
 * @typedef {object} CommandOptions
 * @property {string} [cwd] default: the checkout
 * @property {NodeJS.ProcessEnv} [env] added to the environment of this process
 * @property {boolean} [quiet] keep the output back (it is in the result) instead of showing it as it comes
 * @property {number} [timeout] milliseconds after which the command is ended
 *
 * @typedef {object} CommandResult
 * @property {number} code exit code; 1 when a signal or the time limit ended it, 127 when there is no such command
 * @property {string} output standard output and standard error, only with `quiet`
 */

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {CommandOptions} [options]
 * @returns {Promise<CommandResult>}
 */
export function runCommand(command, args, options = {}) {
  const held = isHoldingOutput() && options.quiet !== true;
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? projectRoot,
      env: { ...process.env, ...options.env },
      stdio: options.quiet || held ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => done({ code: 127, output: `${output}${error.message}` }));
    child.on('close', (code) => {
      if (held) write(output);
      done({ code: code ?? 1, output });
    });
  });
}

/**
 * @param {string} output
 * @param {number} lines
 * @returns {string} the last lines that say something, for a failure sentence
 */
export function lastLines(output, lines = 8) {
  return output.trimEnd().split('\n').slice(-lines).join('\n');
}

/**
 * npm says what is wrong first and its usage last.
 * @param {string} output of npm
 * @returns {string} its first few lines about the error; all of the end when there are none
 */
export function npmComplaint(output) {
  const lines = output.split('\n').flatMap((line) => line.match(/^npm (?:error|ERR!) (.+)/)?.[1] ?? []);
  return lines.length > 0 ? lines.slice(0, 6).join('\n') : lastLines(output);
}
