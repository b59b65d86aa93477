import { printNvmeCliJson } from '#shared/nvme/nvme-cli/nvme-cli-text.ts';
import { type AskedController, controllerToAsk } from '../../nvme/ask-controller.ts';
import { type CommandOutput, refused } from '../command-output.ts';
import type { ConsoleHost } from '../console-host.ts';
import type { NvmeCommand } from '../grammar/console-command.ts';
import { type CommandSpec, optionUsage } from '../grammar/option-spec.ts';
import { isNvmeCommandName, nvmeCommands } from './table.ts';

/** `timeout N` kills what is still running with SIGTERM; a shell reports 128 + 15. */
const terminated: CommandOutput = { ...refused('Terminated', 143) };

/** Runs one nvme command on the host that the console works on. */
export async function executeNvme(
  host: ConsoleHost,
  command: NvmeCommand,
  timeoutSeconds: number | null,
): Promise<CommandOutput> {
  // The parser takes no other; this is for whoever makes a command without it.
  if (!isNvmeCommandName(command.name)) return refused(`nvme has no command ${command.name}`);
  const { spec, run } = nvmeCommands[command.name];
  const listed = await host.connection.functions();
  if (!listed.ok) return refused(listed.error.message);
  const found = listed.value.find((known) => known.deviceName === command.device.name);
  if (found === undefined) return noDevice(command, spec);
  const queue = host.connection.adminQueue(found.address);
  if (!queue.ok) return refused(`${command.device.text}: ${queue.error.message}`);
  let timedOut = false;
  const controller = controllerToAsk(queue.value, command.device.text, host.timeout);
  const watched: AskedController = {
    ...controller,
    submit: async (submitted) => {
      const answer = await controller.submit(submitted);
      timedOut ||= !answer.ok && answer.error.code === 'device-timeout';
      return answer;
    },
  };
  const context = { host, queue: watched, found, functions: listed.value };
  const output = await run(context, command);
  return timedOut && timeoutSeconds !== null ? terminated : output;
}

/** Help of a command, from the same options as its parser. */
export function helpText(spec: CommandSpec, program: string): string {
  const options = spec.options.map((option) => `  [ ${optionUsage(option)} ]  --- ${option.help}`);
  return [
    `Usage: ${program} ${spec.name} ${spec.device === 'operand' ? '<device> ' : ''}[OPTIONS]`,
    '',
    spec.summary,
    ...(options.length === 0 ? [] : ['', 'Options:', ...options]),
  ].join('\n');
}

// nvme-cli prints the command's help behind this line; here it comes from the same option table as the parser.
function noDevice(command: NvmeCommand, spec: CommandSpec): CommandOutput {
  const error = `${command.device.text}: No such file or directory`;
  const help = helpText(spec, 'nvme');
  const format = (command.values as { readonly 'output-format'?: string })['output-format'];
  return command.version === '2.13' && format === 'json'
    ? refused(help, 1, printNvmeCliJson({ error }, '2.13'))
    : refused(`${error}\n${help}`);
}
