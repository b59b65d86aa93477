import { type BerthError, unreachable } from '#shared/result.ts';
import { type CommandOutput, joined, printed, refused } from './command-output.ts';
import { executeNvme } from './commands/execute-nvme.ts';
import type { ConsoleHost } from './console-host.ts';
import type { ConsoleCommand, SimpleCommand } from './grammar/console-line.ts';
import { parseLine } from './grammar/parse-line.ts';
import { readLinks } from './programs/read-links.ts';
import { executeWrite, printFiles } from './sysfs/sysfs-commands.ts';

/** Runs one line of the console on a host. A line that makes no sense does nothing and says the fix. */
export async function executeLine(host: ConsoleHost, text: string): Promise<CommandOutput> {
  const line = parseLine(text);
  if (!line.ok) {
    const { message, fix } = line.error;
    const words = `${message}${fix === undefined ? '' : `\n${fix}`}`;
    return { ...refused(words, usageExit(line.error)), misunderstood: true };
  }
  const outputs: CommandOutput[] = [];
  for (const command of line.value.commands) outputs.push(await executeCommand(host, command));
  return joined(outputs);
}

/** As the programs themselves end: nvme-cli with 1, a shell with 127 for an unknown command and 2 for its syntax. */
function usageExit(error: BerthError): number {
  if (error.object?.startsWith('nvme')) return 1;
  return error.message.endsWith(': not found') ? 127 : 2;
}

async function executeCommand(host: ConsoleHost, command: ConsoleCommand): Promise<CommandOutput> {
  const started = performance.now();
  const output = await executeSimple(host, command.command, command.timeoutSeconds);
  if (!command.timed) return output;
  const real = ((performance.now() - started) / 1000).toFixed(2);
  return { ...output, stderr: `${output.stderr}real ${real}\nuser 0.00\nsys 0.00\n` };
}

async function executeSimple(
  host: ConsoleHost,
  command: SimpleCommand,
  timeoutSeconds: number | null,
): Promise<CommandOutput> {
  switch (command.kind) {
    case 'nvme':
      return executeNvme(host, command, timeoutSeconds);
    case 'simulation':
      return host.simulate?.(command) ?? refused(`${command.name}: this host is not simulated`);
    case 'write':
      return executeWrite(host, command.path, command.text);
    case 'cat':
      return printFiles(host, command.paths);
    case 'readlink':
      return readLinks(host.sysfs, command.program, command.words);
    case 'echo':
      return printed(command.text);
    default:
      return unreachable(command);
  }
}
