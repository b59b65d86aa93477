/** The guided example: the program does its main job by itself and leaves pictures of it. */

import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { playwrightCli } from './checks/playwright-cli.mjs';
import { projectRoot } from './paths.mjs';
import { say } from './progress.mjs';
import { runCommand } from './run-command.mjs';

/**
 * @param {Date} moment
 * @returns {string} a folder name in local time that sorts by time: 2026-11-23_21-40-05
 */
export function demoFolderName(moment) {
  /** @param {number} value */
  const two = (value) => String(value).padStart(2, '0');
  const day = [moment.getFullYear(), two(moment.getMonth() + 1), two(moment.getDate())].join('-');
  return `${day}_${[moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(two).join('-')}`;
}

/**
 * @param {string} folder
 * @returns {string[]} every file below the folder with its size in kilobytes
 */
function listResults(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort()
    .map((name) => `  ${name} (${Math.ceil(statSync(join(folder, name)).size / 1024)} kB)`);
}

/** @returns {Promise<number>} exit code */
export async function runDemo() {
  const folder =
    process.env.BERTH_DEMO_OUTPUT ?? join(projectRoot, 'demo-output', demoFolderName(new Date()));
  mkdirSync(folder, { recursive: true });
  say('Running the guided example: it opens the program and runs by itself for about a minute …');
  const { code } = await runCommand(process.execPath, [...playwrightCli, '--project=demo'], {
    env: { BERTH_DEMO_OUTPUT: folder },
  });
  const files = listResults(folder);
  say(code === 0 ? '\nThe guided example is complete.' : '\nThe guided example stopped early; see above.');
  say(
    files.length > 0
      ? `Its pictures and report are in ${folder}:\n${files.join('\n')}`
      : `${folder} is empty.`,
  );
  return code;
}
