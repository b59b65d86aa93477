/** `npm start [-- [--demo] [PATH | FLEET …]]`: does whatever set-up is missing, then opens the program. */

import { spawn } from 'node:child_process';
import { parseStart } from './arguments.mjs';
import { ensureBuild } from './build-program.mjs';
import { runDemo } from './guided-example.mjs';
import { rootWords } from './machine/electron-binary.mjs';
import { ensureWindowing } from './machine/ensure-all.mjs';
import { hasDisplay } from './machine/virtual-display.mjs';
import { projectRoot } from './paths.mjs';
import { runEntry, say } from './progress.mjs';

/**
 * @param {string} executable
 * @param {readonly string[]} words for the program
 * @returns {Promise<number>} its exit code
 */
function openProgram(executable, words) {
  const extra = rootWords();
  if (extra.length > 0) {
    say(
      "You are root, and Chromium's sandbox does not run as root, so Berth opens without the sandbox. Use an ordinary user if you can.",
    );
  }
  const child = spawn(executable, [...extra, projectRoot, ...words], {
    // npm starts scripts in the checkout; relative paths mean the folder that the person is in.
    cwd: process.env.INIT_CWD ?? process.cwd(),
    stdio: 'inherit',
  });
  // Ctrl+C reaches the program too; this process waits for its tidy end.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => {
      if (signal) say(`The program was ended by ${signal}.`);
      done(code ?? 1);
    });
  });
}

await runEntry(async () => {
  const { demo, forwarded } = parseStart(process.argv.slice(2));
  const screen = hasDisplay();
  const guided = demo || !screen;
  if (!screen && !demo)
    say('This machine has no display, so the guided example runs instead of opening a window.');
  const { executable } = await ensureWindowing({ display: guided ? 'any' : 'real' });
  await ensureBuild();
  if (!guided) {
    say('Opening Berth …');
    return openProgram(executable, forwarded);
  }
  if (forwarded.length > 0) say(`The guided example has its own fleet; not used: ${forwarded.join(' ')}`);
  return runDemo();
});
