import { adminCommand } from '#shared/nvme/command.ts';
import { identifyCommand, identifyStructures } from '#shared/nvme/commands/identify.ts';
import { namespaceAttachmentSelectors } from '#shared/nvme/commands/namespace-attachment.ts';
import { namespaceManagementSelectors } from '#shared/nvme/commands/namespace-management.ts';
import { adminCommands as definitions, opcodeName } from '#shared/nvme/commands/table.ts';
import {
  blankIdentifyNamespace,
  decodeIdentifyNamespace,
  encodeIdentifyNamespace,
  type LbaFormat,
} from '#shared/nvme/layouts/identify/identify-namespace.ts';
import { encodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import type { AskedController } from '../../nvme/ask-controller.ts';
import { type CommandOutput, printed, refused } from '../command-output.ts';
import { readInput } from '../console-files.ts';
import type { ConsoleHost } from '../console-host.ts';
import { ignoreShutdown, namespace, raw, timeout } from '../grammar/common-options.ts';
import type { NvmeCommand } from '../grammar/console-command.ts';
import { option } from '../grammar/define-option.ts';
import { parseSiNumber } from '../grammar/numbers.ts';
import type { CommandSpec } from '../grammar/option-spec.ts';
import { hexadecimalDump, printfHexadecimal } from '../print/print-lists.ts';
import { exchange } from './admin-exchange.ts';
import { defineCommands, type TypedCommand } from './define-commands.ts';
import { noNamespace } from './no-namespace.ts';
import { isVerbose } from './verbose.ts';

const controllers = option('controllers', 'c', 'list', 'Controller identifiers, separated by commas');

const specs = {
  'virt-mgmt': {
    name: 'virt-mgmt',
    summary: 'Manage flexible resources between primary and secondary controllers',
    device: 'operand',
    options: [
      // nvme-cli up to 2.16 writes 32 bits here, over the resource type and the action behind it.
      option('cntlid', 'c', 'short', 'Controller identifier (CNTLID)', { loses: ['rt', 'act'] }),
      option('rt', 'r', 'byte', 'Resource type: 0 VQ, 1 VI'),
      option('act', 'a', 'byte', 'Action: 1 primary allocation, 7 offline, 8 assign, 9 online'),
      option('nr', 'n', 'short', 'Number of controller resources'),
    ],
  },
  'attach-ns': {
    name: 'attach-ns',
    summary: 'Attach a namespace to controllers',
    device: 'operand',
    options: [namespace, controllers, ignoreShutdown],
  },
  'detach-ns': {
    name: 'detach-ns',
    summary: 'Detach a namespace from controllers',
    device: 'operand',
    options: [namespace, controllers, ignoreShutdown],
  },
  'create-ns': {
    name: 'create-ns',
    summary: 'Create a namespace',
    device: 'operand',
    options: [
      option('nsze', 's', 'size', 'Size in logical blocks (NSZE)'),
      option('ncap', 'c', 'size', 'Capacity in logical blocks (NCAP)'),
      option('flbas', 'f', 'byte', 'Index of the LBA format (FLBAS)'),
      option('dps', 'd', 'byte', 'Data protection settings (DPS)'),
      option('nmic', 'm', 'byte', 'Sharing capabilities (NMIC): 1 shared'),
      option('block-size', 'b', 'size', 'Block size in bytes, instead of FLBAS'),
      option(
        'nsze-si',
        'S',
        'text',
        'Size in bytes with a decimal suffix, 480G; without one in logical blocks',
      ),
      option('ncap-si', 'C', 'text', 'Capacity in the same way'),
      option('anagrp-id', 'a', 'word', 'ANA group identifier (ANAGRPID)'),
      option('nvmset-id', 'i', 'short', 'NVM set identifier (NVMSETID)'),
      option('endg-id', 'e', 'short', 'Endurance group identifier (ENDGID)', { since: '2.13' }),
      option('csi', 'y', 'byte', 'Command set of the namespace (CSI): 0 NVM'),
      { ...timeout, until: '2.3' },
      ignoreShutdown,
    ],
  },
  'delete-ns': {
    name: 'delete-ns',
    summary: 'Delete a namespace',
    device: 'operand',
    options: [namespace, { ...timeout, until: '2.3' }, ignoreShutdown],
  },
  'admin-passthru': {
    name: 'admin-passthru',
    summary: 'Send any admin command',
    device: 'operand',
    options: [
      option('opcode', 'o', 'byte', 'Opcode', { letters: [['2.13', 'O']] }),
      option('flags', 'f', 'byte', 'Flags, bits 15:8 of command dword 0'),
      option('prefill', 'p', 'byte', 'What the buffer is filled with before'),
      option('rsvd', 'R', 'short', 'Reserved bits'),
      namespace,
      option('data-len', 'l', 'word', 'Data length in bytes', { maximum: 1 << 20 }),
      option('cdw2', '2', 'word', 'Command dword 2'),
      option('cdw3', '3', 'word', 'Command dword 3'),
      option('cdw10', '4', 'word', 'Command dword 10'),
      option('cdw11', '5', 'word', 'Command dword 11'),
      option('cdw12', '6', 'word', 'Command dword 12'),
      option('cdw13', '7', 'word', 'Command dword 13'),
      option('cdw14', '8', 'word', 'Command dword 14'),
      option('cdw15', '9', 'word', 'Command dword 15'),
      raw,
      option('read', 'r', 'flag', 'Transfer data from the controller'),
      option('write', 'w', 'flag', 'Transfer data to the controller'),
      option('input-file', 'i', 'text', 'File with the data for the controller; zeroes by default'),
      option('show-command', 's', 'flag', 'Print the command too'),
      option('dry-run', 'd', 'flag', 'Print the command and send nothing', { letters: [['3.0', '']] }),
      { ...timeout, until: '2.3' },
    ],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

type Named<Name extends keyof typeof specs> = TypedCommand<Name, (typeof specs)[Name]>;

/** `nvme virt-mgmt` */
async function virtualizationManagement(
  queue: AskedController,
  command: Named<'virt-mgmt'>,
): Promise<CommandOutput> {
  const { cntlid = 0, rt = 0, act = 0, nr = 0 } = command.values;
  const answer = await exchange(
    queue,
    // libnvme keeps what fits into RT (3 bits) and ACT (4 bits).
    definitions.virtualizationManagement.encode({ cntlid, rt: rt & 0x7, act: act & 0xf, nr }),
    { subject: 'virt-mgmt', version: command.version, json: false },
  );
  if (!answer.ok) return answer.output;
  const { nrm } = definitions.virtualizationManagement.result.decode(answer.completion.dw0);
  const words = 'success, Number of Controller Resources Modified (NRM):';
  // 3.0 says nothing without -v, and then in decimal.
  if (command.release === '3.0') return printed(isVerbose(command) ? `${words}${nrm}\n` : '');
  return printed(`${words}${printfHexadecimal(nrm)}\n`);
}

/** 3.0 says nothing of what went well, unless it is asked to. */
function isSilent(command: NvmeCommand): boolean {
  return command.release === '3.0' && !isVerbose(command);
}

/** `nvme attach-ns` and `nvme detach-ns` */
async function namespaceAttachment(
  queue: AskedController,
  command: Named<'attach-ns'> | Named<'detach-ns'>,
): Promise<CommandOutput> {
  const nsid = command.values['namespace-id'] ?? 0;
  if (nsid === 0) return refused(`${command.name}: namespace-id parameter required`);
  const identifiers = command.values.controllers ?? [];
  const list = encodeControllerList({ identifiers, reserved: [] });
  if (!list.ok) return refused(`${command.name}: controller id list is malformed\n${list.error.message}`);
  const isAttach = command.name === 'attach-ns';
  const answer = await exchange(
    queue,
    definitions.namespaceAttachment.encode(
      {
        nsid,
        sel: (isAttach ? namespaceAttachmentSelectors.attach : namespaceAttachmentSelectors.detach).value,
      },
      { data: list.value },
    ),
    { subject: isAttach ? 'attach namespace' : 'detach namespace', version: command.version, json: false },
  );
  const warning =
    identifiers.length > 0
      ? ''
      : 'warning: empty controller-id list will result in no actual change in namespace attachment\n';
  const success = isSilent(command) ? '' : `${command.name}: Success, nsid:${nsid}\n`;
  const output = answer.ok ? printed(success) : answer.output;
  return { ...output, stderr: warning + output.stderr };
}

const identifyController = identifyCommand(identifyStructures.controller);

/** `nvme create-ns` */
async function createNamespace(queue: AskedController, command: Named<'create-ns'>): Promise<CommandOutput> {
  const { dps = 0, nmic = 0 } = command.values;
  // 2.13 looks at the controller first; what it finds changes nothing in the command.
  if (command.version === '2.13') await queue.submit(identifyController);
  const format = await lbaFormat(queue, command);
  if (typeof format !== 'number') return format;
  const nsze = await blocksOf(queue, command, 'nsze', format);
  if (typeof nsze !== 'number') return nsze;
  const ncap = await blocksOf(queue, command, 'ncap', format);
  if (typeof ncap !== 'number') return ncap;
  const template = blankIdentifyNamespace();
  const data = encodeIdentifyNamespace({
    ...template,
    nsze: BigInt(nsze),
    ncap: BigInt(ncap),
    flbas: format,
    dps,
    nmic,
    anagrpid: command.values['anagrp-id'] ?? 0,
    nvmsetid: command.values['nvmset-id'] ?? 0,
    endgid: command.values['endg-id'] ?? 0,
  });
  if (!data.ok) return refused(`create namespace: ${data.error.message}`);
  const answer = await exchange(
    queue,
    definitions.namespaceManagement.encode(
      { sel: namespaceManagementSelectors.create.value, csi: command.values.csi ?? 0 },
      { data: data.value },
    ),
    { subject: 'create namespace', version: command.version, json: false },
  );
  return answer.ok
    ? printed(
        isSilent(command)
          ? ''
          : `create-ns: Success, created nsid:${definitions.namespaceManagement.result.decode(answer.completion.dw0).nsid}\n`,
      )
    : answer.output;
}

/** FLBAS as given, or looked up by block size in what all namespaces have in common (NSID FFFFFFFFh). */
async function lbaFormat(
  queue: AskedController,
  command: Named<'create-ns'>,
): Promise<number | CommandOutput> {
  const { flbas, 'block-size': blockSize } = command.values;
  if (flbas !== undefined && blockSize !== undefined)
    return refused('Invalid specification of both FLBAS and Block Size, please specify only one');
  if (flbas !== undefined) return flbas;
  const notFound = refused(
    `FLBAS corresponding to block size ${blockSize ?? 0} not found\nPlease correct block size, or specify FLBAS directly`,
  );
  if (blockSize === undefined) return notFound;
  const formats = await commonFormats(queue, command);
  if (isOutput(formats)) return formats;
  const index = formats.findIndex((format) => 2 ** format.ds === blockSize && format.ms === 0);
  return index === -1 ? notFound : index;
}

function isOutput(value: readonly LbaFormat[] | CommandOutput): value is CommandOutput {
  return 'exit' in value;
}

/** What all namespaces have in common (NSID FFFFFFFFh): the formats that a drive knows. */
async function commonFormats(
  queue: AskedController,
  command: Named<'create-ns'>,
): Promise<readonly LbaFormat[] | CommandOutput> {
  const answer = await exchange(queue, identifyCommand(identifyStructures.namespace, { nsid: 0xffffffff }), {
    subject: 'identify-namespace',
    version: command.version,
    json: false,
  });
  if (!answer.ok) return answer.output;
  const decoded = decodeIdentifyNamespace(answer.completion.data ?? new Uint8Array(0));
  if (!decoded.ok) return refused(decoded.error.message);
  return decoded.value.lbafs.slice(0, decoded.value.nlbaf + 1);
}

/** NSZE or NCAP in logical blocks, from `-s` or from `-S`; with a suffix the latter counts bytes, data and metadata. */
async function blocksOf(
  queue: AskedController,
  command: Named<'create-ns'>,
  key: 'nsze' | 'ncap',
  format: number,
): Promise<number | CommandOutput> {
  const given = command.values[key];
  const text = command.values[`${key}-si`];
  if (text === undefined) return given ?? 0;
  if (given)
    return refused(`Invalid specification of both ${key} and its SI argument, please specify only one`);
  const size = parseSiNumber(text);
  if (size === null)
    return refused(`Expected long suffixed integer argument for '${key}-si' but got '${text}'!`);
  if (!size.hasSuffix) return size.value;
  const formats = await commonFormats(queue, command);
  if (isOutput(formats)) return formats;
  const used = formats[format & 0xf];
  if (used === undefined) return refused(`The drive has no LBA format ${format & 0xf}`);
  return Math.floor(size.value / (2 ** used.ds + used.ms));
}

/** `nvme delete-ns` */
async function deleteNamespace(queue: AskedController, command: Named<'delete-ns'>): Promise<CommandOutput> {
  const nsid = command.values['namespace-id'] || command.device.namespace;
  if (!nsid) return noNamespace();
  const answer = await exchange(
    queue,
    definitions.namespaceManagement.encode({ nsid, sel: namespaceManagementSelectors.delete.value }),
    { subject: 'delete namespace', version: command.version, json: false },
  );
  if (!answer.ok) return answer.output;
  return printed(isSilent(command) ? '' : `delete-ns: Success, deleted nsid:${nsid}\n`);
}

/** `nvme admin-passthru` */
async function adminPassthrough(
  host: ConsoleHost,
  queue: AskedController,
  command: Named<'admin-passthru'>,
): Promise<CommandOutput> {
  const { values } = command;
  const opcode = values.opcode ?? 0;
  const length = values['data-len'] ?? 0;
  // As nvme-cli does: bits 1:0 of the opcode imply the direction of the data (NVMe Base 2.1, 3.1.3.4).
  const writes = values.write === true || (opcode & 1) === 1;
  const reads = values.read === true || (opcode & 2) === 2;
  if (length > 0 && !writes && !reads) return refused('data direction not given');
  const input = await readInput(host, values['input-file'], length);
  if (!input.ok) return refused(input.error.message);
  if (values['input-file'] === undefined && values.prefill) input.value.fill(values.prefill);
  const dwords = { cdw10: 0, cdw11: 0, cdw12: 0, cdw13: 0, cdw14: 0, cdw15: 0 };
  for (const key of ['cdw10', 'cdw11', 'cdw12', 'cdw13', 'cdw14', 'cdw15'] as const)
    dwords[key] = values[key] ?? 0;
  const isDry = values['dry-run'] === true;
  const shown = isDry || values['show-command'] === true ? commandLines(values) : '';
  if (isDry) return printed(shown);
  const answer = await exchange(
    queue,
    adminCommand({
      opcode,
      nsid: values['namespace-id'] ?? 0,
      ...dwords,
      readLength: reads ? length : 0,
      ...(writes && length > 0 ? { data: input.value } : {}),
    }),
    { subject: 'passthru', version: command.version, json: false },
  );
  if (!answer.ok) return answer.output;
  const result = (answer.completion.dw0 >>> 0).toString(16).padStart(8, '0');
  const line = `Admin Command ${opcodeName(opcode)} is Success and result: 0x${result}\n`;
  if (!reads || length === 0) return printed(shown, line);
  const data = new Uint8Array(length);
  data.set((answer.completion.data ?? new Uint8Array(0)).subarray(0, length));
  if (!values['raw-binary']) return printed(shown + hexadecimalDump(data), line);
  return printed(Buffer.concat([Buffer.from(shown), data]), line);
}

/** What `--show-command` prints; here no buffer has an address. */
function commandLines(values: Named<'admin-passthru'>['values']): string {
  const lines: readonly (readonly [title: string, value: number | undefined, digits: number])[] = [
    ['opcode', values.opcode, 2],
    ['flags', values.flags, 2],
    ['rsvd1', values.rsvd, 4],
    ['nsid', values['namespace-id'], 8],
    ['cdw2', values.cdw2, 8],
    ['cdw3', values.cdw3, 8],
    ['data_len', values['data-len'], 8],
    ['metadata_len', 0, 8],
    ['addr', 0, 1],
    ['metadata', 0, 1],
    ['cdw10', values.cdw10, 8],
    ['cdw11', values.cdw11, 8],
    ['cdw12', values.cdw12, 8],
    ['cdw13', values.cdw13, 8],
    ['cdw14', values.cdw14, 8],
    ['cdw15', values.cdw15, 8],
    ['timeout_ms', values.timeout, 8],
  ];
  return lines
    .map(([title, value = 0, digits]) => `${title.padEnd(13)}: ${value.toString(16).padStart(digits, '0')}\n`)
    .join('');
}

/** Commands that change resources and namespaces, and the passthrough of any command. */
export const managementCommands = defineCommands(specs, {
  'virt-mgmt': ({ queue }, command) => virtualizationManagement(queue, command),
  'attach-ns': ({ queue }, command) => namespaceAttachment(queue, command),
  'detach-ns': ({ queue }, command) => namespaceAttachment(queue, command),
  'create-ns': ({ queue }, command) => createNamespace(queue, command),
  'delete-ns': ({ queue }, command) => deleteNamespace(queue, command),
  'admin-passthru': ({ host, queue }, command) => adminPassthrough(host, queue, command),
});
