import { type AdminCommand, type AdminCompletion, isSuccess } from '#shared/nvme/command.ts';
import { printNvmeCliJson } from '#shared/nvme/nvme-cli/nvme-cli-text.ts';
import { succeed } from '#shared/result.ts';
import type { Refusal } from '../../hosts/refusal.ts';
import { type AskedController, controllerToAsk } from '../../nvme/ask-controller.ts';
import { type CommandOutput, refused } from '../command-output.ts';
import type { ConsoleHost } from '../console-host.ts';
import type { NvmeCommand } from '../grammar/console-command.ts';
import { type CommandSpec, optionUsage } from '../grammar/option-spec.ts';
import { refusalOfError } from '../refusal-text.ts';
import { commandSpec, isNvmeCommandName, nvmeCommands } from './table.ts';

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
  const { run } = nvmeCommands[command.name];
  const spec = commandSpec(command.name, command.release);
  const listed = await host.connection.functions();
  if (!listed.ok) return refused(listed.error.message);
  const device = deviceOf(host, command);
  const found = listed.value.find((known) => known.deviceName === device?.name);
  if (device === null || found === undefined) return noDevice(host, command, spec);
  const queue = host.connection.adminQueue(found.address);
  if (!queue.ok) return refused(`${command.device.text}: ${queue.error.message}`);
  let timedOut = false;
  let refusal: Refusal | undefined;
  const controller = controllerToAsk(queue.value, command.device.text, host.timeout);
  const watched: AskedController = {
    ...controller,
    submit: async (submitted) => {
      const answer = await controller.submit(submitted);
      refusal = answer.ok ? refusalIn(controller, submitted, answer.value) : refusalOfError(answer.error);
      timedOut ||= !answer.ok && answer.error.code === 'device-timeout';
      return answer;
    },
  };
  const context = {
    host,
    queue: command.values['dry-run'] === true ? sendingNothing(watched) : watched,
    found,
    functions: listed.value,
  };
  const output = await run(context, { ...command, device });
  const told = timedOut && timeoutSeconds !== null ? terminated : output;
  if (told.exit === 0 || refusal === undefined) return told;
  return { ...told, refusals: [refusal] };
}

/**
 * The controller and the namespace behind a path; null for a block device that the host does not have. Linux numbers block
 * devices as it finds them: `/dev/nvme0n1` can be namespace 3, and belong to the controller `nvme2`.
 */
function deviceOf(host: ConsoleHost, { device }: NvmeCommand): NvmeCommand['device'] | null {
  if (device.namespace === null) return device;
  const block = host.namespaces().find(({ name }) => name === `${device.name}n${device.namespace}`);
  const through = block?.controllers[0];
  return block === undefined || through === undefined
    ? null
    : { ...device, name: through, namespace: block.nsid };
}

/** `--dry-run`: nvme-cli goes on as if the command had succeeded, with a result of zero and a buffer of zeroes. */
function sendingNothing(controller: AskedController): AskedController {
  return {
    ...controller,
    submit: async ({ readLength }) =>
      succeed({
        ...{ sct: 0, sc: 0, dnr: false, dw0: 0 },
        ...(readLength > 0 ? { data: new Uint8Array(readLength) } : {}),
      }),
  };
}

/** Why a controller refused a command, asked before anything else happens to it; undefined where it did not refuse. */
function refusalIn(
  controller: AskedController,
  submitted: AdminCommand,
  completion: AdminCompletion,
): Refusal | undefined {
  if (isSuccess(completion)) return undefined;
  return controller.refusalOf(submitted, completion) ?? undefined;
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
function noDevice(host: ConsoleHost, command: NvmeCommand, spec: CommandSpec): CommandOutput {
  const error = `${command.device.text}: No such file or directory`;
  const help = helpText(spec, 'nvme');
  const format = (command.values as { readonly 'output-format'?: string })['output-format'];
  return command.version === '2.13' && format === 'json'
    ? refused(help, 1, printNvmeCliJson({ error }, '2.13'), host.whyNoDevice(command.device.text))
    : refused(`${error}\n${help}`, 1, '', host.whyNoDevice(command.device.text));
}
