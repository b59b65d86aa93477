import { adminCommand } from '#shared/nvme/command.ts';
import { identifyCommand, identifyStructures } from '#shared/nvme/commands/identify.ts';
import { namespaceAttachmentSelectors } from '#shared/nvme/commands/namespace-attachment.ts';
import { namespaceManagementSelectors } from '#shared/nvme/commands/namespace-management.ts';
import { adminCommands as definitions, opcodeName } from '#shared/nvme/commands/table.ts';
import {
  blankIdentifyNamespace,
  decodeIdentifyNamespace,
  encodeIdentifyNamespace,
} from '#shared/nvme/layouts/identify/identify-namespace.ts';
import { encodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import type { AdminQueue } from '../../hosts/admin-queue.ts';
import { type CommandOutput, printed, refused } from '../command-output.ts';
import { readInput } from '../console-files.ts';
import type { ConsoleHost } from '../console-host.ts';
import type { NvmeCommand } from '../grammar/console-line.ts';
import { hexadecimal, hexadecimalDump } from '../print/print-lists.ts';
import { exchange } from './admin-exchange.ts';
import { noNamespace } from './identify-commands.ts';

type Named<Name extends NvmeCommand['name']> = Extract<NvmeCommand, { name: Name }>;

/** `nvme virt-mgmt` */
export async function virtualizationManagement(
  queue: AdminQueue,
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
  return printed(
    `success, Number of Controller Resources Modified (NRM):${hexadecimal(answer.completion.dw0)}\n`,
  );
}

/** `nvme attach-ns` and `nvme detach-ns` */
export async function namespaceAttachment(
  queue: AdminQueue,
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
  const output = answer.ok ? printed(`${command.name}: Success, nsid:${nsid}\n`) : answer.output;
  return { ...output, stderr: warning + output.stderr };
}

const identifyController = identifyCommand(identifyStructures.controller);

/** `nvme create-ns` */
export async function createNamespace(
  queue: AdminQueue,
  command: Named<'create-ns'>,
): Promise<CommandOutput> {
  const { nsze = 0, ncap = 0, dps = 0, nmic = 0 } = command.values;
  // 2.13 looks at the controller first; what it finds changes nothing in the command.
  if (command.version === '2.13') await queue.submit(identifyController);
  const format = await lbaFormat(queue, command);
  if (typeof format !== 'number') return format;
  const template = blankIdentifyNamespace();
  const data = encodeIdentifyNamespace({
    ...template,
    nsze: BigInt(nsze),
    ncap: BigInt(ncap),
    flbas: format,
    dps,
    nmic,
  });
  if (!data.ok) return refused(`create namespace: ${data.error.message}`);
  const answer = await exchange(
    queue,
    definitions.namespaceManagement.encode(
      { sel: namespaceManagementSelectors.create.value },
      { data: data.value },
    ),
    { subject: 'create namespace', version: command.version, json: false },
  );
  return answer.ok ? printed(`create-ns: Success, created nsid:${answer.completion.dw0}\n`) : answer.output;
}

/** FLBAS as given, or looked up by block size in what all namespaces have in common (NSID FFFFFFFFh). */
async function lbaFormat(queue: AdminQueue, command: Named<'create-ns'>): Promise<number | CommandOutput> {
  const { flbas, 'block-size': blockSize } = command.values;
  if (flbas !== undefined && blockSize !== undefined)
    return refused('Invalid specification of both FLBAS and Block Size, please specify only one');
  if (flbas !== undefined) return flbas;
  const notFound = refused(
    `FLBAS corresponding to block size ${blockSize ?? 0} not found\nPlease correct block size, or specify FLBAS directly`,
  );
  if (blockSize === undefined) return notFound;
  const answer = await exchange(queue, identifyCommand(identifyStructures.namespace, { nsid: 0xffffffff }), {
    subject: 'identify-namespace',
    version: command.version,
    json: false,
  });
  if (!answer.ok) return answer.output;
  const decoded = decodeIdentifyNamespace(answer.completion.data ?? new Uint8Array(0));
  if (!decoded.ok) return refused(decoded.error.message);
  const formats = decoded.value.lbafs.slice(0, decoded.value.nlbaf + 1);
  const index = formats.findIndex((format) => 2 ** format.ds === blockSize && format.ms === 0);
  return index === -1 ? notFound : index;
}

/** `nvme delete-ns` */
export async function deleteNamespace(
  queue: AdminQueue,
  command: Named<'delete-ns'>,
): Promise<CommandOutput> {
  const nsid = command.values['namespace-id'] || command.device.namespace;
  if (!nsid) return noNamespace();
  const answer = await exchange(
    queue,
    definitions.namespaceManagement.encode({ nsid, sel: namespaceManagementSelectors.delete.value }),
    { subject: 'delete namespace', version: command.version, json: false },
  );
  return answer.ok ? printed(`delete-ns: Success, deleted nsid:${nsid}\n`) : answer.output;
}

/** `nvme admin-passthru` */
export async function adminPassthrough(
  host: ConsoleHost,
  queue: AdminQueue,
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
  const dwords = { cdw10: 0, cdw11: 0, cdw12: 0, cdw13: 0, cdw14: 0, cdw15: 0 };
  for (const key of ['cdw10', 'cdw11', 'cdw12', 'cdw13', 'cdw14', 'cdw15'] as const)
    dwords[key] = values[key] ?? 0;
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
  if (!reads || length === 0) return printed('', line);
  const data = new Uint8Array(length);
  data.set((answer.completion.data ?? new Uint8Array(0)).subarray(0, length));
  return printed(values['raw-binary'] ? data : hexadecimalDump(data), line);
}
