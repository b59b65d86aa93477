import { nvmeReleases, programOfRelease } from '#shared/nvme/nvme-cli/nvme-release.ts';
import { listingCommands } from '../commands/listing.ts';
import { commandSpec, isNvmeCommandName, nvmeCommands } from '../commands/table.ts';
import { nameOfCommand } from '../grammar/parse-nvme.ts';
import { simulationCommands } from '../grammar/simulation-commands.ts';
import type { Shell } from './shell.ts';

/** What the word under the cursor could become. */
export interface LineCompletion {
  /** Whole words; folders end with a slash. */
  readonly words: readonly string[];
  /** The part of the line that they replace. */
  readonly fragment: string;
}

/** Completes the end of a line: programs, commands and options of nvme and berth, and paths. */
export async function completeLine(shell: Shell, line: string): Promise<LineCompletion> {
  const command = line.split(/[;|&]|\$\(|`/).at(-1) ?? '';
  const fragment = /[^\s'"=<>]*$/.exec(command)?.[0] ?? '';
  const before = command.slice(0, command.length - fragment.length).trim();
  const words = before === '' ? [] : before.split(/\s+/).filter((word) => word !== 'sudo' && word !== 'time');
  const isPath = fragment.includes('/') || fragment.startsWith('.');
  const known = isPath ? await pathsAt(shell, fragment) : await namesBehind(shell, words, fragment);
  return { words: known.filter((word) => word.startsWith(fragment)).sort(), fragment };
}

async function namesBehind(
  shell: Shell,
  words: readonly string[],
  fragment: string,
): Promise<readonly string[]> {
  const [program, ...rest] = words;
  if (program === undefined) return shell.commandNames();
  const release =
    program === 'nvme' ? shell.nvme : nvmeReleases.find((each) => programOfRelease(each) === program);
  if (release !== undefined) {
    const { name } = nameOfCommand(rest);
    if (name === undefined) return [...Object.keys(listingCommands), ...Object.keys(nvmeCommands)];
    const options = isNvmeCommandName(name) ? commandSpec(name, release).options : [];
    if (fragment.startsWith('-')) return options.map((option) => `--${option.name}`);
    return pathsAt(shell, '/dev/nvme');
  }
  if (program === 'berth' && rest.length === 0)
    return Object.keys(simulationCommands).map((name) => name.slice('berth '.length));
  return pathsAt(shell, fragment);
}

async function pathsAt(shell: Shell, fragment: string): Promise<readonly string[]> {
  const slash = fragment.lastIndexOf('/');
  const folder = fragment.slice(0, slash + 1);
  const path = shell.files.resolvePath(shell.directory, folder === '' ? '.' : folder);
  const names = await shell.files.readdir(path).catch(() => []);
  const close = names.filter((name) => name.startsWith(fragment.slice(slash + 1)));
  return Promise.all(
    close.map(async (name) => {
      const found = await shell.files.stat(`${path === '/' ? '' : path}/${name}`).catch(() => null);
      return `${folder}${name}${found?.isDirectory ? '/' : ''}`;
    }),
  );
}
