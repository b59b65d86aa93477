import { featureIdentifiers, getFeatures, setFeatures } from '#shared/nvme/commands/features.ts';
import { getLogPage, zeroBasedDwords } from '#shared/nvme/commands/get-log-page.ts';
import { namedValueTitle } from '#shared/nvme/commands/named-value.ts';
import { printNvmeCliJson } from '#shared/nvme/nvme-cli/nvme-cli-text.ts';
import type { AskedController } from '../../nvme/ask-controller.ts';
import { type CommandOutput, printed, refused } from '../command-output.ts';
import { readInput } from '../console-files.ts';
import type { ConsoleHost } from '../console-host.ts';
import { format, humanReadable, ignoreShutdown, namespace, raw } from '../grammar/common-options.ts';
import { option } from '../grammar/define-option.ts';
import { featureNumbers, logPageNumbers } from '../grammar/named-numbers.ts';
import type { CommandSpec } from '../grammar/option-spec.ts';
import { hexadecimalDump } from '../print/print-lists.ts';
import { registerLines } from '../print/print-registers.ts';
import { exchange } from './admin-exchange.ts';
import { defineCommands, type TypedCommand } from './define-commands.ts';

const feature = option('feature-id', 'f', 'byte', 'Feature identifier', {
  words: { since: '2.16', numbers: featureNumbers },
});

const specs = {
  'get-log': {
    name: 'get-log',
    summary: 'Get a log page',
    device: 'operand',
    options: [
      namespace,
      option('log-id', 'i', 'byte', 'Log page identifier', {
        words: { since: '2.16', numbers: logPageNumbers },
      }),
      option('log-len', 'l', 'word', 'Bytes to read', { maximum: 1 << 20 }),
      option('aen', 'a', 'word', 'Result of an Asynchronous Event Request, whose log page is read'),
      option('lpo', 'o', 'size', 'Offset in the log page, in bytes', { letters: [['2.13', 'L']] }),
      option('lsp', 's', 'byte', 'Log specific field', { maximum: 0x7f }),
      option('lsi', 'S', 'short', 'Log specific identifier'),
      option('rae', 'r', 'flag', 'Retain the asynchronous event'),
      option('uuid-index', 'U', 'byte', 'UUID index', { maximum: 0x7f }),
      option('csi', 'y', 'byte', 'Command set of the log page'),
      option('ot', 'O', 'flag', 'The offset counts entries and not bytes'),
      option('xfer-len', 'x', 'word', 'Bytes of one command; here all come with one', { since: '2.13' }),
      raw,
      ignoreShutdown,
    ],
  },
  'get-feature': {
    name: 'get-feature',
    summary: 'Get the value of a feature',
    device: 'operand',
    options: [
      namespace,
      feature,
      option('sel', 's', 'byte', 'Select: 0 current, 1 default, 2 saved, 3 capabilities', { maximum: 7 }),
      option('data-len', 'l', 'word', 'Bytes of data', { maximum: 1 << 20 }),
      option('cdw11', 'c', 'word', 'Command dword 11'),
      option('uuid-index', 'U', 'byte', 'UUID index', { maximum: 0x7f }),
      raw,
      humanReadable,
      { ...format, since: '2.13' },
    ],
  },
  'set-feature': {
    name: 'set-feature',
    summary: 'Set the value of a feature',
    device: 'operand',
    options: [
      namespace,
      feature,
      option('value', 'v', 'word', 'Value, command dword 11', { letters: [['2.13', 'V']] }),
      option('cdw12', 'c', 'word', 'Command dword 12'),
      option('uuid-index', 'U', 'byte', 'UUID index', { maximum: 0x7f }),
      option('data-len', 'l', 'word', 'Bytes of data', { maximum: 1 << 20 }),
      option('data', 'd', 'text', 'File with the data'),
      option('save', 's', 'flag', 'Keep the value over resets'),
    ],
  },
  'show-regs': {
    name: 'show-regs',
    summary: 'Show the registers of a controller',
    device: 'operand',
    options: [option('human-readable', 'H', 'flag', 'Explain the bits'), format],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

type Named<Name extends keyof typeof specs> = TypedCommand<Name, (typeof specs)[Name]>;

const allNamespaces = 0xffffffff;
/** Bytes of the features that carry data. */
const dataLengths: Readonly<Partial<Record<number, number>>> = {
  [featureIdentifiers.timestamp.value]: 8,
  [featureIdentifiers.controllerDataQueue.value]: 512,
};
const selects = ['Current', 'Default', 'Saved', 'Supported capabilities'] as const;

/** `nvme get-log` */
async function getLog(queue: AskedController, command: Named<'get-log'>): Promise<CommandOutput> {
  const { values } = command;
  const length = values['log-len'] ?? 0;
  // The log page stands in bits 23:16 of the event (NVMe Base 2.1, 5.1.2).
  const page = values.aen ? (values.aen >>> 16) & 0xff : (values['log-id'] ?? 0);
  if (length === 0 || length % 4 !== 0) return refused('non-zero log-len is required param');
  const nsid = values['namespace-id'] ?? allNamespaces;
  const answer = await exchange(
    queue,
    getLogPage.encode(
      {
        nsid,
        lid: page,
        rae: values.rae === true,
        lsp: values.lsp ?? 0,
        numd: zeroBasedDwords(length),
        lsi: values.lsi ?? 0,
        lpo: BigInt(values.lpo ?? 0),
        uidx: values['uuid-index'] ?? 0,
        csi: values.csi ?? 0,
        ot: values.ot === true,
      },
      { readLength: length },
    ),
    { subject: 'log page', version: command.version, json: false },
  );
  if (!answer.ok) return answer.output;
  const data = answer.completion.data ?? new Uint8Array();
  if (values['raw-binary']) return printed(data);
  const about = `Device:${command.device.name} log-id:${page} namespace-id:0x${nsid.toString(16)}\n`;
  return printed(about + hexadecimalDump(data));
}

/** `nvme get-feature` */
async function getFeature(queue: AskedController, command: Named<'get-feature'>): Promise<CommandOutput> {
  const { values } = command;
  const fid = values['feature-id'];
  if (!fid) return refused('feature-id required param');
  const select = values.sel ?? 0;
  const length = values['data-len'] ?? dataLengths[fid] ?? (fid === 0x81 ? 16 : 0);
  const json = values['output-format'] === 'json';
  const answer = await exchange(
    queue,
    getFeatures.encode(
      {
        nsid: values['namespace-id'] ?? 0,
        fid,
        sel: select,
        cdw11: values.cdw11 ?? (fid === 0x81 && length >= 16 ? 1 : 0),
        uidx: values['uuid-index'] ?? 0,
      },
      { readLength: length },
    ),
    { subject: 'get-feature', version: command.version, json },
  );
  if (!answer.ok) return answer.output;
  const { dw0, data } = answer.completion;
  if (values['raw-binary'] && data) return printed(data);
  const name = namedValueTitle(featureIdentifiers, fid) ?? 'Unknown';
  const value = `0x${(dw0 >>> 0).toString(16).padStart(8, '0')}`;
  const kind = selects[select] ?? 'Reserved';
  const number = `0x${fid.toString(16).padStart(2, '0')}`;
  if (json)
    return printed(printNvmeCliJson({ [`feature: ${number}`]: [{ name, [kind]: value }] }, command.version));
  const dump = data && data.length > 0 ? hexadecimalDump(data) : '';
  return printed(`get-feature:${number} (${name}), ${kind} value:${value}\n${dump}`);
}

/** `nvme set-feature` */
async function setFeature(
  host: ConsoleHost,
  queue: AskedController,
  command: Named<'set-feature'>,
): Promise<CommandOutput> {
  const { values } = command;
  const fid = values['feature-id'];
  if (!fid) return refused('feature-id required param');
  const length = values['data-len'] ?? 0;
  const input = await readInput(host, values.data, length);
  if (!input.ok) return refused(input.error.message);
  const value = values.value ?? 0;
  const cdw12 = values.cdw12 ?? 0;
  const answer = await exchange(
    queue,
    setFeatures.encode(
      {
        nsid: values['namespace-id'] ?? 0,
        fid,
        sv: values.save === true,
        cdw11: value,
        cdw12,
        uidx: values['uuid-index'] ?? 0,
      },
      length > 0 ? { data: input.value } : {},
    ),
    { subject: 'set-feature', version: command.version, json: false },
  );
  if (!answer.ok) return answer.output;
  const word = (number: number, digits: number) => `0x${number.toString(16).padStart(digits, '0')}`;
  const name = namedValueTitle(featureIdentifiers, fid) ?? 'Unknown';
  return printed(
    `set-feature:${word(fid, 2)} (${name}), value:${word(value, 8)}, cdw12:${word(cdw12, 8)}, save:${values.save ? '0x1' : '0'}\n`,
  );
}

/** `nvme show-regs`: no admin command; the registers are read through the PCI function. */
function showRegisters(host: ConsoleHost, command: Named<'show-regs'>): CommandOutput {
  const registers = host.registers(command.device.name);
  if (registers === null) return refused(`${command.device.name} failed to map. Permission denied`);
  if (command.values['output-format'] === 'json')
    return printed(printNvmeCliJson(registers, command.version));
  const human = command.values['human-readable'] === true;
  const lines = Object.entries(registers).flatMap(([name, value]) => [
    `${name.padEnd(8)}: ${value.toString(16)}`,
    ...(human ? registerLines(name, value) : []),
  ]);
  return printed(`${lines.join('\n')}\n`);
}

/** Commands for log pages as bytes, features and registers. */
export const inspectionCommands = defineCommands(specs, {
  'get-log': ({ queue }, command) => getLog(queue, command),
  'get-feature': ({ queue }, command) => getFeature(queue, command),
  'set-feature': ({ host, queue }, command) => setFeature(host, queue, command),
  'show-regs': ({ host }, command) => showRegisters(host, command),
});
