import { printNvmeCliJson } from '#shared/nvme/nvme-cli/nvme-cli-text.ts';
import { unreachable } from '#shared/result.ts';
import type { AdminQueue } from '../../hosts/admin-queue.ts';
import type { NvmeFunction } from '../../hosts/host-connection.ts';
import { type CommandOutput, printed, refused } from '../command-output.ts';
import type { ConsoleHost, KernelAnswer } from '../console-host.ts';
import type { NvmeCommand } from '../grammar/console-line.ts';
import { nvmeCommands } from '../grammar/nvme-commands.ts';
import { type CommandSpec, optionUsage } from '../grammar/option-spec.ts';
import { functionCommand } from './function-commands.ts';
import {
  identifyController,
  identifyNamespace,
  listControllers,
  listNamespaces,
  listSecondaries,
  primaryCapabilities,
} from './identify-commands.ts';
import { getFeature, getLog, setFeature, showRegisters } from './inspection-commands.ts';
import { changedNamespacesLog, effectsLog, errorLog, firmwareLog, smartLog } from './log-page-commands.ts';
import {
  adminPassthrough,
  createNamespace,
  deleteNamespace,
  namespaceAttachment,
  virtualizationManagement,
} from './management-commands.ts';
import {
  createDataQueue,
  deleteDataQueue,
  getDataQueue,
  migrationReceive,
  migrationSend,
  setDataQueue,
  trackSend,
} from './migration-commands.ts';
import { namespaceDescriptors } from './namespace-descriptors-command.ts';
import { sanitize, sanitizeLog } from './sanitize-commands.ts';
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
  if (found === undefined) return noDevice(command);
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
      return adminPassthrough(host, queue, command);
    case 'get-log':
      return getLog(queue, command);
    case 'get-feature':
      return getFeature(queue, command);
    case 'set-feature':
      return setFeature(host, queue, command);
    case 'smart-log':
      return smartLog(queue, command);
    case 'error-log':
      return errorLog(queue, command);
    case 'fw-log':
      return firmwareLog(queue, command);
    case 'effects-log':
      return effectsLog(host, queue, command);
    case 'changed-ns-list-log':
      return changedNamespacesLog(queue, command);
    case 'sanitize-log':
      return sanitizeLog(queue, command);
    case 'sanitize':
      return sanitize(queue, command);
    case 'show-regs':
      return showRegisters(host, command);
    case 'lm create-cdq':
      return createDataQueue(queue, command);
    case 'lm delete-cdq':
      return deleteDataQueue(queue, command);
    case 'lm track-send':
      return trackSend(queue, command);
    case 'lm migration-send':
      return migrationSend(host, queue, command);
    case 'lm migration-recv':
      return migrationReceive(host, queue, command);
    case 'lm set-cdq':
      return setDataQueue(queue, command);
    case 'lm get-cdq':
      return getDataQueue(queue, command);
    case 'reset':
      return resetOutput('Reset', await host.resetDevice(command.device.name));
    case 'subsystem-reset':
      return resetOutput('Subsystem-reset', await host.resetSubsystemOfDevice(command.device.name));
    case 'ns-rescan':
      // Discovery reads the lists anew each time, so the driver has nothing stale to look up again.
      return printed('');
    case 'virtual_function_provision':
    case 'virtual_function_destroy':
    case 'virtual_function_set':
    case 'virtual_function_list':
      return functionCommand(queue, command);
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

function resetOutput(subject: string, answer: KernelAnswer): CommandOutput {
  if (answer.ok) return printed('');
  const words = answer.errno === 'ENOTTY' ? 'NVM Subsystem Reset not supported.' : answer.text;
  return refused(`${subject}: ${words}`);
}

// nvme-cli prints the command's help behind this line; here it comes from the same option table as the parser.
function noDevice(command: NvmeCommand): CommandOutput {
  const spec: CommandSpec = nvmeCommands[command.name];
  const options = spec.options.map((option) => `  [ ${optionUsage(option)} ]  --- ${option.help}`);
  const error = `${command.device.text}: No such file or directory`;
  const help = [
    `Usage: nvme ${spec.name} ${spec.device === 'operand' ? '<device> ' : ''}[OPTIONS]`,
    '',
    spec.summary,
    ...(options.length === 0 ? [] : ['', 'Options:', ...options]),
  ].join('\n');
  const format = (command.values as { readonly 'output-format'?: string })['output-format'];
  return command.version === '2.13' && format === 'json'
    ? refused(help, 1, printNvmeCliJson({ error }, '2.13'))
    : refused(`${error}\n${help}`);
}
