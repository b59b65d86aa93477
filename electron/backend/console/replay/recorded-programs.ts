import { fail, type Result, succeed } from '#shared/result.ts';
import type { NvmeCommand } from '../grammar/console-command.ts';
import { parseNvme } from '../grammar/parse-nvme.ts';
import type { CommandTree, StatementTree } from '../host-shell/script/shell-library.ts';
import { literalText } from '../host-shell/script/shell-tree.ts';
import type { Shell } from '../host-shell/shell.ts';

/** One program of a recorded line, as far as its output is compared. */
export type RecordedProgram =
  | { readonly kind: 'nvme'; readonly command: NvmeCommand }
  /** Writes to sysfs. */
  | { readonly kind: 'write' }
  /** Prints where links lead. */
  | { readonly kind: 'links' }
  /** Prints what is in files, or a text. */
  | { readonly kind: 'attribute' };

/**
 * The programs of a recorded line. Lines that the simulated host could run, but whose output depends on more than the
 * device, are refused as well: pipelines, loops, other programs.
 */
export async function recordedPrograms(
  shell: Shell,
  line: string,
): Promise<Result<readonly RecordedProgram[]>> {
  const statements = await shell.statementsOf(line);
  if (statements === null) return beyond('it is not a line of a shell');
  const programs: RecordedProgram[] = [];
  for (const command of statements.map(onlyCommandOf)) {
    const found = await programOf(shell, command);
    if (!found.ok) return found;
    programs.push(...found.value);
  }
  return succeed(programs);
}

function beyond<T>(reason: string): Result<T> {
  return fail('not-supported', reason);
}

/** Null for a pipeline or a list. */
function onlyCommandOf({ pipelines, background }: StatementTree): CommandTree | null {
  const [pipeline, ...more] = pipelines;
  const isAlone = more.length === 0 && !background && pipeline?.commands.length === 1;
  return (isAlone && pipeline.commands[0]) || null;
}

async function programOf(
  shell: Shell,
  command: CommandTree | null,
): Promise<Result<readonly RecordedProgram[]>> {
  if (command?.type !== 'SimpleCommand') return beyond('pipelines, lists and loops are not compared');
  const words = [command.name, ...command.args].map((word) => literalText(word));
  if (words.some((word) => word === null)) return beyond('variables and substitutions are not compared');
  return programOfWords(shell, words as string[], command.redirections.length > 0);
}

async function programOfWords(
  shell: Shell,
  words: readonly string[],
  redirected: boolean,
): Promise<Result<readonly RecordedProgram[]>> {
  const [program = '', ...args] = words;
  switch (program) {
    case 'nvme':
    case 'nvme-new': {
      if (redirected) return beyond('the output of nvme goes into a file');
      const command = parseNvme(program === 'nvme' ? '2.3' : '2.13', args);
      return command.ok ? succeed([{ kind: 'nvme', command: command.value }]) : command;
    }
    case 'echo':
      return succeed([{ kind: redirected ? 'write' : 'attribute' }]);
    case 'cat':
      return succeed([{ kind: 'attribute' }]);
    case 'readlink':
    case 'realpath':
      return succeed([{ kind: 'links' }]);
    case 'timeout':
      return programOfWords(shell, args.slice(1), redirected);
    case 'sh':
      if (args[0] === '-c' && args[1] !== undefined) return recordedPrograms(shell, args[1]);
      break;
  }
  return fail('invalid-request', `${program} is not part of the simulated host`, { object: program });
}
