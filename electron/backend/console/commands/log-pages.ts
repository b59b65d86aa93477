import { statusOfValue } from '#shared/nvme/command.ts';
import { logPageIdentifiers as pages } from '#shared/nvme/commands/get-log-page.ts';
import { identifyCommand, identifyStructures } from '#shared/nvme/commands/identify.ts';
import {
  decodeErrorInformation,
  errorInformationLength,
} from '#shared/nvme/layouts/logs/error-information.ts';
import { decodeSmartHealth, smartHealthLength } from '#shared/nvme/layouts/logs/smart-health.ts';
import {
  type NvmeCliJson,
  type NvmeCliObject,
  printNvmeCliJson,
} from '#shared/nvme/nvme-cli/nvme-cli-text.ts';
import { nvmeCliStatusText } from '#shared/nvme/status.ts';
import type { AskedController } from '../../nvme/ask-controller.ts';
import { type CommandOutput, printed, refused } from '../command-output.ts';
import type { ConsoleHost } from '../console-host.ts';
import { format, humanReadable, namespace, raw } from '../grammar/common-options.ts';
import type { NvmeCommand } from '../grammar/console-command.ts';
import { option } from '../grammar/define-option.ts';
import type { CommandSpec } from '../grammar/option-spec.ts';
import {
  changedNamespacesJson,
  changedNamespacesText,
  effectsJson,
  effectsText,
  errorJson,
  errorText,
  firmwareJson,
  firmwareText,
  smartJson,
  smartText,
} from '../print/print-log-pages.ts';
import { type Exchange, exchange } from './admin-exchange.ts';
import { defineCommands, type TypedCommand } from './define-commands.ts';
import { readLogPage } from './read-log-page.ts';

const specs = {
  'smart-log': {
    name: 'smart-log',
    summary: 'Show SMART / Health Information (log page 02h)',
    device: 'operand',
    options: [namespace, format, raw, humanReadable],
  },
  'error-log': {
    name: 'error-log',
    summary: 'Show Error Information (log page 01h)',
    device: 'operand',
    options: [option('log-entries', 'e', 'word', 'Number of entries; 64 by default'), raw, format],
  },
  'fw-log': {
    name: 'fw-log',
    summary: 'Show Firmware Slot Information (log page 03h)',
    device: 'operand',
    options: [raw, format],
  },
  'effects-log': {
    name: 'effects-log',
    summary: 'Show Commands Supported and Effects (log page 05h)',
    device: 'operand',
    options: [
      format,
      humanReadable,
      raw,
      option('csi', 'c', 'byte', 'Command set: 0 NVM, 2 zoned; by default all that the controller has'),
    ],
  },
  'changed-ns-list-log': {
    name: 'changed-ns-list-log',
    summary: 'Show the Changed Attached Namespace List (log page 04h)',
    device: 'operand',
    options: [format, raw],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

type Named<Name extends keyof typeof specs> = TypedCommand<Name, (typeof specs)[Name]>;

const allNamespaces = 0xffffffff;
const entriesOffset = 262;
const defaultEntries = 64;
const effectsLength = 4096;
const namespaceListLength = 4096;
/** CAP.CSS bits: NVM command set, and command sets of which CC.CSS names several. */
const commandSets = { nvm: 1n << 37n, several: 1n << 43n } as const;
const zonedCommandSet = 2;

/** `nvme smart-log` */
async function smartLog(queue: AskedController, command: Named<'smart-log'>): Promise<CommandOutput> {
  const nsid = command.values['namespace-id'] ?? allNamespaces;
  const request = { lid: pages.smart.value, length: smartHealthLength, nsid };
  const answer = await readLogPage(queue, request, failureWords(command, 'smart log'));
  if (!answer.ok) return answer.output;
  const data = dataOf(answer);
  const decoded = decodeSmartHealth(data);
  if (!decoded.ok) return refused(decoded.error.message);
  return show(command, data, {
    json: () => smartJson(decoded.value, command.version),
    text: () => smartText(decoded.value, command.device.name, nsid),
  });
}

/** `nvme error-log`: looks at ELPE first and asks for no more entries than there can be. */
async function errorLog(queue: AskedController, command: Named<'error-log'>): Promise<CommandOutput> {
  const wanted = command.values['log-entries'] ?? defaultEntries;
  if (wanted === 0) return refused('non-zero log-entries is required param');
  const identity = await exchange(
    queue,
    identifyCommand(identifyStructures.controller),
    failureWords(command, 'identify controller'),
  );
  if (!identity.ok) return identity.output;
  const count = Math.min(wanted, (identity.completion.data?.[entriesOffset] ?? 0) + 1);
  const request = { lid: pages.errorInformation.value, length: count * errorInformationLength };
  const answer = await readLogPage(queue, request, failureWords(command, 'error log'));
  if (!answer.ok) return answer.output;
  const data = dataOf(answer);
  const entries = decodeErrorInformation(data);
  if (!entries.ok) return refused(entries.error.message);
  const words = (status: number) => nvmeCliStatusText(statusOfValue(status));
  return show(command, data, {
    json: () => errorJson(entries.value),
    text: () => errorText(entries.value, command.device.name, words),
  });
}

/** `nvme fw-log` */
async function firmwareLog(queue: AskedController, command: Named<'fw-log'>): Promise<CommandOutput> {
  const request = { lid: pages.firmwareSlot.value, length: 512 };
  const answer = await readLogPage(queue, request, failureWords(command, 'fw log'));
  if (!answer.ok) return answer.output;
  const data = dataOf(answer);
  return show(command, data, {
    json: () => firmwareJson(data, command.device.name),
    text: () => firmwareText(data, command.device.name),
  });
}

/** `nvme changed-ns-list-log`: keeps the event, as nvme-cli does, so the list is not cleared. */
async function changedNamespacesLog(
  queue: AskedController,
  command: Named<'changed-ns-list-log'>,
): Promise<CommandOutput> {
  const request = { lid: pages.changedNamespaces.value, length: namespaceListLength, retain: true };
  const answer = await readLogPage(queue, request, failureWords(command, 'changed attached ns list log'));
  if (!answer.ok) return answer.output;
  const data = dataOf(answer);
  const identifiers = changedIdentifiers(data);
  return show(command, data, {
    json: () => changedNamespacesJson(identifiers, command.device.name, command.version),
    text: () => changedNamespacesText(identifiers),
  });
}

/** `nvme effects-log`: one page for each command set that CAP.CSS announces. */
async function effectsLog(
  host: ConsoleHost,
  queue: AskedController,
  command: Named<'effects-log'>,
): Promise<CommandOutput> {
  const { csi } = command.values;
  const found: { readonly set: number; readonly data: Uint8Array }[] = [];
  for (const set of csi === undefined ? announcedSets(host, command) : [csi]) {
    const request = { lid: pages.commandsSupportedAndEffects.value, length: effectsLength, csi: set };
    const answer = await readLogPage(queue, request, failureWords(command, 'effects log page'));
    if (!answer.ok) return answer.output;
    found.push({ set, data: dataOf(answer) });
  }
  if (command.values['raw-binary']) return printed(Buffer.concat(found.map(({ data }) => data)));
  if (command.values['output-format'] === 'json') {
    const list = found.map(({ set, data }) => effectsJson(data, set));
    return printed(printNvmeCliJson(list, command.version));
  }
  return printed(found.map(({ set, data }) => effectsText(data, set)).join(''));
}

// A controller whose registers the host cannot map, as one of a network, is asked for the NVM command set alone.
function announcedSets(host: ConsoleHost, command: Named<'effects-log'>): readonly number[] {
  const cap = host.registers(command.device.name)?.cap ?? commandSets.nvm;
  return [
    ...((cap & commandSets.nvm) === 0n ? [] : [0]),
    ...((cap & commandSets.several) === 0n ? [] : [zonedCommandSet]),
  ];
}

/** NSIDs up to the first zero; FFFFFFFFh alone when more changed than fit, which no list of namespaces has. */
function changedIdentifiers(page: Uint8Array): readonly number[] {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const identifiers: number[] = [];
  for (let at = 0; at + 4 <= page.length; at += 4) {
    const nsid = view.getUint32(at, true);
    if (nsid === 0) break;
    identifiers.push(nsid);
  }
  return identifiers;
}

interface Shown {
  readonly json: () => NvmeCliObject | null;
  readonly text: () => string;
}

function show(
  { values, version }: { readonly version: NvmeCommand['version']; readonly values: object },
  data: Uint8Array,
  { json, text }: Shown,
): CommandOutput {
  const options = values as { readonly 'raw-binary'?: boolean; readonly 'output-format'?: string };
  if (options['raw-binary'] || options['output-format'] === 'binary') return printed(data);
  if (options['output-format'] !== 'json') return printed(text());
  const object: NvmeCliJson = json();
  return printed(object === null ? '' : printNvmeCliJson(object, version));
}

function failureWords(
  { version, values }: { version: NvmeCommand['version']; values: object },
  subject: string,
) {
  const json = (values as { readonly 'output-format'?: string })['output-format'] === 'json';
  return { subject, version, json };
}

function dataOf(answer: Extract<Exchange, { ok: true }>): Uint8Array {
  return answer.completion.data ?? new Uint8Array();
}

/** Commands for single log pages. */
export const logPageCommands = defineCommands(specs, {
  'smart-log': ({ queue }, command) => smartLog(queue, command),
  'error-log': ({ queue }, command) => errorLog(queue, command),
  'fw-log': ({ queue }, command) => firmwareLog(queue, command),
  'effects-log': ({ host, queue }, command) => effectsLog(host, queue, command),
  'changed-ns-list-log': ({ queue }, command) => changedNamespacesLog(queue, command),
});
