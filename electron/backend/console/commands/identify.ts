import {
  identify as definition,
  identifyLength,
  identifyStructures,
} from '#shared/nvme/commands/identify.ts';
import { decodeIdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import { decodeIdentifyNamespace } from '#shared/nvme/layouts/identify/identify-namespace.ts';
import { decodePrimaryControllerCapabilities } from '#shared/nvme/layouts/identify/primary-controller-capabilities.ts';
import { decodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import { decodeNamespaceList } from '#shared/nvme/layouts/lists/namespace-list.ts';
import { decodeSecondaryControllerList } from '#shared/nvme/layouts/lists/secondary-controller-list.ts';
import {
  controllerListJson,
  identifyControllerJson,
  identifyNamespaceJson,
  namespaceListJson,
  primaryControllerCapabilitiesJson,
  secondaryControllerListJson,
} from '#shared/nvme/nvme-cli/nvme-cli-json.ts';
import { type NvmeCliObject, printNvmeCliJson } from '#shared/nvme/nvme-cli/nvme-cli-text.ts';
import type { Result } from '#shared/result.ts';
import type { AskedController } from '../../nvme/ask-controller.ts';
import { type CommandOutput, printed, refused } from '../command-output.ts';
import { format, humanReadable, namespace, raw, vendorSpecific } from '../grammar/common-options.ts';
import type { NvmeCommand } from '../grammar/console-command.ts';
import { option } from '../grammar/define-option.ts';
import type { CommandSpec } from '../grammar/option-spec.ts';
import { identifyControllerText, primaryCapabilitiesText } from '../print/print-controller.ts';
import {
  controllerListText,
  hexadecimalDump,
  identifyNamespaceText,
  namespaceListText,
  secondaryListText,
} from '../print/print-lists.ts';
import { exchange } from './admin-exchange.ts';
import { defineCommands, type TypedCommand } from './define-commands.ts';
import { noNamespace } from './no-namespace.ts';
import { isVerbose } from './verbose.ts';

const specs = {
  'list-secondary': {
    name: 'list-secondary',
    summary: 'List the secondary controllers of a primary controller',
    device: 'operand',
    options: [
      option('cntid', 'c', 'short', 'Lowest controller identifier to show'),
      { ...namespace, until: '2.3' },
      option('num-entries', 'e', 'word', 'Number of entries to show'),
      format,
    ],
  },
  'primary-ctrl-caps': {
    name: 'primary-ctrl-caps',
    summary: 'Show Primary Controller Capabilities',
    device: 'operand',
    options: [option('cntlid', 'c', 'short', 'Controller identifier'), format, humanReadable],
  },
  'id-ctrl': {
    name: 'id-ctrl',
    summary: 'Show Identify Controller',
    device: 'operand',
    options: [format, vendorSpecific, raw, humanReadable],
  },
  'id-ns': {
    name: 'id-ns',
    summary: 'Show Identify Namespace',
    device: 'operand',
    options: [
      namespace,
      option('force', '', 'flag', 'Show the namespace even when it is not attached'),
      vendorSpecific,
      raw,
      format,
      humanReadable,
    ],
  },
  'list-ns': {
    name: 'list-ns',
    summary: 'List the namespaces attached to a controller, or all of its subsystem',
    device: 'operand',
    options: [
      namespace,
      option('csi', 'y', 'word', 'Command set whose namespaces are listed', { maximum: 0xff }),
      option('all', 'a', 'flag', 'All namespaces of the subsystem, attached or not'),
      format,
    ],
  },
  'list-ctrl': {
    name: 'list-ctrl',
    summary: 'List the controllers of the subsystem, or those attached to a namespace',
    device: 'operand',
    options: [option('cntid', 'c', 'short', 'Lowest controller identifier to show'), namespace, format],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

type Named<Name extends keyof typeof specs> = TypedCommand<Name, (typeof specs)[Name]>;

interface IdentifyRequest<T> {
  readonly cns: number;
  readonly nsid?: number;
  readonly cntid?: number;
  readonly csi?: number;
  /** nvme-cli's words in front of a system error. */
  readonly subject: string;
  readonly decode: (bytes: Uint8Array) => Result<T>;
  readonly json: (value: T) => NvmeCliObject;
  readonly text: (value: T, data: Uint8Array) => string;
}

function identifyController(queue: AskedController, command: Named<'id-ctrl'>): Promise<CommandOutput> {
  return identify(queue, command, formatOf(command.values), {
    cns: identifyStructures.controller.value,
    subject: 'identify controller',
    decode: decodeIdentifyController,
    json: (value) => identifyControllerJson(value, command.version),
    text: (value, data) =>
      identifyControllerText(value, isExplained(command)) +
      vendorText(command, data.subarray(vendorBytes.controller)),
  });
}

async function identifyNamespace(queue: AskedController, command: Named<'id-ns'>): Promise<CommandOutput> {
  const nsid = command.values['namespace-id'] ?? command.device.namespace;
  if (!nsid) return noNamespace();
  return identify(queue, command, formatOf(command.values), {
    cns: (command.values.force ? identifyStructures.allocatedNamespace : identifyStructures.namespace).value,
    nsid,
    subject: 'identify namespace',
    decode: decodeIdentifyNamespace,
    json: (value) => identifyNamespaceJson(value, command.version),
    text: (value, data) =>
      identifyNamespaceText(value, nsid, isExplained(command)) +
      vendorText(command, data.subarray(vendorBytes.namespace)),
  });
}

async function listNamespaces(queue: AskedController, command: Named<'list-ns'>): Promise<CommandOutput> {
  const first = command.values['namespace-id'] ?? 1;
  if (first === 0) return refused('invalid nsid parameter');
  const { all, csi } = command.values;
  const { allocatedNamespaces, activeNamespaces, commandSetActiveNamespaces } = identifyStructures;
  if (csi !== undefined && all === true)
    return refused(
      'list-ns: namespaces of one command set that are allocated (CNS 1Ah) are not simulated; leave out -a or -y',
    );
  const list = all ? allocatedNamespaces : csi === undefined ? activeNamespaces : commandSetActiveNamespaces;
  return identify(queue, command, formatOf(command.values), {
    cns: list.value,
    csi: csi ?? 0,
    // The list starts behind NSID.
    nsid: first - 1,
    subject: 'id namespace list',
    decode: decodeNamespaceList,
    json: namespaceListJson,
    text: namespaceListText,
  });
}

function listControllers(queue: AskedController, command: Named<'list-ctrl'>): Promise<CommandOutput> {
  const nsid = command.values['namespace-id'] ?? 0;
  return identify(queue, command, formatOf(command.values), {
    cns: (nsid === 0 ? identifyStructures.controllers : identifyStructures.attachedControllers).value,
    nsid,
    cntid: command.values.cntid ?? 0,
    subject: 'id controller list',
    decode: decodeControllerList,
    json: controllerListJson,
    text: controllerListText,
  });
}

async function listSecondaries(
  queue: AskedController,
  command: Named<'list-secondary'>,
): Promise<CommandOutput> {
  const limit = command.values['num-entries'] ?? 127;
  if (limit === 0) return refused('non-zero num-entries is required param');
  return identify(queue, command, formatOf(command.values), {
    cns: identifyStructures.secondaryControllers.value,
    nsid: command.values['namespace-id'] ?? 0,
    cntid: command.values.cntid ?? 0,
    subject: 'id secondary controller list',
    decode: decodeSecondaryControllerList,
    json: (value) => secondaryControllerListJson(value, limit),
    text: (value) => secondaryListText(value, limit),
  });
}

function primaryCapabilities(
  queue: AskedController,
  command: Named<'primary-ctrl-caps'>,
): Promise<CommandOutput> {
  return identify(queue, command, formatOf(command.values), {
    cns: identifyStructures.primaryControllerCapabilities.value,
    cntid: command.values.cntlid ?? 0,
    subject: 'identify primary controller capabilities',
    decode: decodePrimaryControllerCapabilities,
    json: (value) => primaryControllerCapabilitiesJson(value, command.version),
    text: (value) => primaryCapabilitiesText(value, isExplained(command)),
  });
}

/** Offset of the vendor specific bytes in a structure of 4096 bytes. */
const vendorBytes = { controller: 3072, namespace: 384 } as const;

function isExplained(command: NvmeCommand): boolean {
  return command.values['human-readable'] === true || isVerbose(command);
}

function vendorText(command: NvmeCommand, bytes: Uint8Array): string {
  return command.values['vendor-specific'] === true ? `vs[]:\n${hexadecimalDump(bytes)}` : '';
}

type Format = 'normal' | 'json' | 'binary';

function formatOf(values: { readonly 'output-format'?: Format; readonly 'raw-binary'?: boolean }): Format {
  return values['raw-binary'] ? 'binary' : (values['output-format'] ?? 'normal');
}

async function identify<T>(
  queue: AskedController,
  command: NvmeCommand,
  format: Format,
  request: IdentifyRequest<T>,
): Promise<CommandOutput> {
  const answer = await exchange(
    queue,
    definition.encode(
      { nsid: request.nsid ?? 0, cns: request.cns, cntid: request.cntid ?? 0, csi: request.csi ?? 0 },
      { readLength: identifyLength },
    ),
    { subject: request.subject, version: command.version, json: format === 'json' },
  );
  if (!answer.ok) return answer.output;
  const data = answer.completion.data ?? new Uint8Array(0);
  if (format === 'binary') return printed(data);
  const decoded = request.decode(data);
  // A structure that makes no sense is shown as it came, with the reason.
  if (!decoded.ok)
    return { ...refused(decoded.error.message), stdout: printed(hexadecimalDump(data)).stdout };
  return printed(
    format === 'json'
      ? printNvmeCliJson(request.json(decoded.value), command.version)
      : request.text(decoded.value, data),
  );
}

/** Commands that show a structure of Identify. */
export const identifyCommands = defineCommands(specs, {
  'list-secondary': ({ queue }, command) => listSecondaries(queue, command),
  'primary-ctrl-caps': ({ queue }, command) => primaryCapabilities(queue, command),
  'id-ctrl': ({ queue }, command) => identifyController(queue, command),
  'id-ns': ({ queue }, command) => identifyNamespace(queue, command),
  'list-ns': ({ queue }, command) => listNamespaces(queue, command),
  'list-ctrl': ({ queue }, command) => listControllers(queue, command),
});
