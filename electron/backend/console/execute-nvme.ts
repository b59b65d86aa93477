import type { NvmeCommand } from '#shared/console/console-line.ts';
import { nvmeCommands } from '#shared/console/nvme-commands.ts';
import { type CommandSpec, optionUsage } from '#shared/console/option-spec.ts';
import { type BerthError, type Result, unreachable } from '#shared/result.ts';
import type { AdminQueue } from '../hosts/admin-queue.ts';
import type { NvmeFunction } from '../hosts/host-connection.ts';
import { type CommandOutput, printed, refused } from './command-output.ts';
import type { ConsoleHost } from './console-host.ts';
import {
  identifyController,
  identifyNamespace,
  listControllers,
  listNamespaces,
  listSecondaries,
  primaryCapabilities,
} from './identify-commands.ts';
import {
  adminPassthrough,
  createNamespace,
  deleteNamespace,
  namespaceAttachment,
  virtualizationManagement,
} from './management-commands.ts';
import { namespaceDescriptors } from './namespace-descriptors-command.ts';
import { virtualSubsystem } from './virtual-subsystem-commands.ts';

/** `timeout N` kills what is still running with SIGTERM; a shell reports 128 + 15. */
const terminated: CommandOutput = { ...refused('Terminated', 143) };

/** Runs one nvme command on the host that the console works on. */
export async function executeNvme(
  host: ConsoleHost,
  command: NvmeCommand,
  timeoutSeconds: number | null,
): Promise<CommandOutput> {
  const listed = await host.connection.functions();
  if (!listed.ok) return refused(listed.error.message);
  const found = listed.value.find((known) => known.deviceName === command.device.name);
  if (found === undefined) return refused(noDevice(command));
  const queue = host.connection.adminQueue(found.address);
  if (!queue.ok) return refused(`${command.device.text}: ${queue.error.message}`);
  let timedOut = false;
  const watched: AdminQueue = {
    submit: async (submitted) => {
      const answer = await queue.value.submit(submitted);
      timedOut ||= !answer.ok && answer.error.code === 'device-timeout';
      return answer;
    },
  };
  const output = await dispatch(host, command, { queue: watched, found, functions: listed.value });
  return timedOut && timeoutSeconds !== null ? terminated : output;
}

interface Target {
  readonly queue: AdminQueue;
  readonly found: NvmeFunction;
  readonly functions: readonly NvmeFunction[];
}

async function dispatch(host: ConsoleHost, command: NvmeCommand, target: Target): Promise<CommandOutput> {
  const { queue, found, functions } = target;
  const { pci } = host.connection;
  switch (command.name) {
    case 'virt-mgmt':
      return virtualizationManagement(queue, command);
    case 'list-secondary':
      return listSecondaries(queue, command);
    case 'primary-ctrl-caps':
      return primaryCapabilities(queue, command);
    case 'id-ctrl':
      return identifyController(queue, command);
    case 'id-ns':
      return identifyNamespace(queue, command);
    case 'ns-descs':
      return namespaceDescriptors(queue, command);
    case 'list-ns':
      return listNamespaces(queue, command);
    case 'list-ctrl':
      return listControllers(queue, command);
    case 'attach-ns':
    case 'detach-ns':
      return namespaceAttachment(queue, command);
    case 'create-ns':
      return createNamespace(queue, command);
    case 'delete-ns':
      return deleteNamespace(queue, command);
    case 'admin-passthru':
      return adminPassthrough(queue, command);
    case 'reset':
      return resetOutput('Reset', await pci.controllerReset(found.address));
    case 'subsystem-reset':
      return resetOutput('Subsystem-reset', await pci.subsystemReset(found.address));
    case 'ns-rescan':
      // Discovery reads the lists anew each time, so the driver has nothing stale to look up again.
      return printed('');
    case 'virtual_subsys_create':
    case 'virtual_subsys_add':
    case 'virtual_subsys_remove':
    case 'virtual_subsys_delete':
    case 'virtual_subsys_list':
      return virtualSubsystem({ host, queue, primary: found, functions }, command);
    default:
      return unreachable(command);
  }
}

function resetOutput(subject: string, result: Result<void>): CommandOutput {
  if (result.ok) return printed('');
  return refused(`${subject}: ${resetWords(subject, result.error)}`);
}

function resetWords(subject: string, error: BerthError): string {
  if (error.code === 'not-supported' && subject === 'Subsystem-reset')
    return 'NVM Subsystem Reset not supported.';
  if (error.code === 'busy') return 'Device or resource busy';
  return error.fix === undefined ? error.message : `${error.message}\n${error.fix}`;
}

// nvme-cli prints the command's help behind this line; here it comes from the same option table as the parser.
function noDevice(command: NvmeCommand): string {
  const spec: CommandSpec = nvmeCommands[command.name];
  const options = spec.options.map((option) => `  [ ${optionUsage(option)} ]  --- ${option.help}`);
  return [
    `${command.device.text}: No such file or directory`,
    `Usage: nvme ${spec.name} ${spec.device === 'operand' ? '<device> ' : ''}[OPTIONS]`,
    '',
    spec.summary,
    ...(options.length === 0 ? [] : ['', 'Options:', ...options]),
  ].join('\n');
}
