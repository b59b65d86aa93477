import type { ConsoleCommand, SimpleCommand } from '#shared/console/console-line.ts';
import { parseLine } from '#shared/console/parse-line.ts';
import { unreachable } from '#shared/result.ts';
import { type CommandOutput, joined, printed, refused } from './command-output.ts';
import type { ConsoleHost } from './console-host.ts';
import { executeNvme } from './execute-nvme.ts';
import { executeRead, executeWrite } from './sysfs-commands.ts';

/** The exit of a line that could not be understood; nvme-cli and the kernel answer 1 to what they refuse. */
export const usageExit = 2;

/** Runs one line of the console on a host. A line that makes no sense ends with `usageExit` and says the fix. */
export async function executeLine(host: ConsoleHost, text: string): Promise<CommandOutput> {
  const line = parseLine(text);
  if (!line.ok) {
    const { message, fix } = line.error;
    return refused(`${message}${fix === undefined ? '' : `\n${fix}`}`, usageExit);
  }
  const outputs: CommandOutput[] = [];
  for (const command of line.value.commands) outputs.push(await executeCommand(host, command));
  return joined(outputs);
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
    case 'write':
      return executeWrite(host, command.path, command.value);
    case 'cat':
    case 'readlink':
      return executeRead(host, command);
    case 'echo':
      return printed(`${command.text}\n`);
    default:
      return unreachable(command);
  }
}
