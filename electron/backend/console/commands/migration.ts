import type { AdminCommand } from '#shared/nvme/command.ts';
import {
  getControllerDataQueueFeature,
  setControllerDataQueueFeature,
} from '#shared/nvme/commands/features.ts';
import { bytesOfZeroBased } from '#shared/nvme/commands/get-log-page.ts';
import {
  controllerDataQueue,
  createControllerDataQueue,
  deleteControllerDataQueue,
} from '#shared/nvme/commands/migration/controller-data-queue.ts';
import { migrationReceive as migrationReceiveDefinition } from '#shared/nvme/commands/migration/migration-receive.ts';
import {
  migrationSend as migrationSendDefinition,
  migrationSendSelectors,
  setControllerState,
} from '#shared/nvme/commands/migration/migration-send.ts';
import {
  trackSend as trackSendDefinition,
  trackSendSelectors,
} from '#shared/nvme/commands/migration/track-send.ts';
import { namedValueTitle } from '#shared/nvme/commands/named-value.ts';
import {
  controllerStateHeaderLength,
  decodeControllerState,
  decodeControllerStateExtent,
} from '#shared/nvme/layouts/controller-state/controller-state.ts';
import { printNvmeCliJson } from '#shared/nvme/nvme-cli/nvme-cli-text.ts';
import type { AskedController } from '../../nvme/ask-controller.ts';
import { type CommandOutput, printed, refused } from '../command-output.ts';
import { readInput, writeOutput } from '../console-files.ts';
import type { ConsoleHost } from '../console-host.ts';
import type { NvmeCommand } from '../grammar/console-command.ts';
import { option } from '../grammar/define-option.ts';
import type { CommandSpec } from '../grammar/option-spec.ts';
import { controllerStateJson } from '../print/controller-state-json.ts';
import { hexadecimalDump } from '../print/print-lists.ts';
import { exchange } from './admin-exchange.ts';
import { defineCommands, type TypedCommand } from './define-commands.ts';

const cntlid = option('cntlid', 'c', 'short', 'Controller identifier (CNTLID)');
const cdqid = option('cdqid', 'C', 'short', 'Controller Data Queue identifier (CDQID)');
const selector = option('sel', 's', 'byte', 'Select (SEL)');
const csuuidi = option('csuuidi', 'U', 'byte', 'Controller State UUID index (CSUUIDI)');
const csvi = option('csvi', 'V', 'byte', 'Controller State version index (CSVI)');
const uidx = option('uidx', 'u', 'byte', 'UUID index (UIDX)', { maximum: 0x7f });
const offset = option('offset', 'o', 'size', 'Offset in the Controller State, in bytes', {
  letters: [['3.0', 'O']],
});

const specs = {
  'lm create-cdq': {
    name: 'lm create-cdq',
    summary: 'Create a Controller Data Queue',
    device: 'operand',
    options: [
      option('size', 's', 'word', 'Size in dwords', { maximum: 1 << 24 }),
      cntlid,
      option('queue-type', 'q', 'byte', 'Queue type: 0 user data migration queue'),
      option('consent', '', 'flag', 'The controller writes to the memory of the queue until it is deleted'),
    ],
  },
  'lm delete-cdq': {
    name: 'lm delete-cdq',
    summary: 'Delete a Controller Data Queue',
    device: 'operand',
    options: [cdqid],
  },
  'lm track-send': {
    name: 'lm track-send',
    summary: 'Start or stop the log of user data changes',
    device: 'operand',
    options: [
      selector,
      option('mos', 'm', 'byte', 'Management operation specific: 1 start, 0 stop'),
      cdqid,
      option('start', '', 'flag', 'Start logging'),
      option('stop', '', 'flag', 'Stop logging'),
    ],
  },
  'lm migration-send': {
    name: 'lm migration-send',
    summary: 'Suspend or resume a controller, or set its state',
    device: 'operand',
    options: [
      selector,
      cntlid,
      option('stype', 't', 'byte', 'Suspend type: 0 notification, 1 suspend'),
      option('dudmq', 'd', 'flag', 'Delete the user data migration queue'),
      option('seq-ind', 'S', 'byte', 'Sequence indicator: 0 middle, 1 first, 2 last, 3 only', { maximum: 3 }),
      csuuidi,
      csvi,
      uidx,
      offset,
      option('numd', 'n', 'word', "Number of dwords of the state (not 0's based)", { maximum: 1 << 20 }),
      option('input-file', 'f', 'text', 'File with the state'),
    ],
  },
  'lm migration-recv': {
    name: 'lm migration-recv',
    summary: 'Get the state of a controller',
    device: 'operand',
    options: [
      selector,
      cntlid,
      csuuidi,
      csvi,
      uidx,
      offset,
      option('numd', 'n', 'word', "Number of dwords to read (0's based)", { maximum: 1 << 20 }),
      option('output-file', 'f', 'text', 'File for the state'),
      option('human-readable', 'H', 'flag', 'Explain the bits of fields'),
      option('output-format', '', 'format', 'Output format', { letters: [['3.0', 'o']] }),
    ],
  },
  'lm set-cdq': {
    name: 'lm set-cdq',
    summary: 'Set the head of a Controller Data Queue and arm its tail event',
    device: 'operand',
    options: [
      cdqid,
      option('hp', 'H', 'word', 'Head pointer: first slot not yet read'),
      option('tpt', 'T', 'word', 'Tail pointer trigger: slot that raises the event', { maximum: 0x7fffffff }),
    ],
  },
  'lm get-cdq': {
    name: 'lm get-cdq',
    summary: 'Show head and trigger of a Controller Data Queue',
    device: 'operand',
    options: [cdqid],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

type Named<Name extends keyof typeof specs> = TypedCommand<Name, (typeof specs)[Name]>;

/** Where a simulated host's memory for queues begins: a page that no guest has. */
const queueAddress = 0x100_0000_0000n;

/**
 * `nvme lm create-cdq`. nvme-cli 2.13 puts the controller identifier into CDW11 15:0 and cuts the size to 8 bits; here
 * they stand where NVMe Base 2.1, 5.1.4 has them.
 */
async function createDataQueue(
  queue: AskedController,
  command: Named<'lm create-cdq'>,
): Promise<CommandOutput> {
  const { size = 0, cntlid = 0, 'queue-type': queueType = 0, consent } = command.values;
  if (!consent) return refused('ERROR: consent required');
  const answer = await send(
    queue,
    command,
    createControllerDataQueue.encode(
      { qt: queueType, cntlid, pc: true, size },
      { queueMemory: { address: queueAddress, bytes: new Uint8Array(size * 4) } },
    ),
  );
  return answer.ok
    ? printed(
        `Create CDQ Successful: CDQID=${identifier(controllerDataQueue.result.decode(answer.completion.dw0).cdqid)}\n`,
      )
    : answer.output;
}

/** `nvme lm delete-cdq` */
async function deleteDataQueue(
  queue: AskedController,
  command: Named<'lm delete-cdq'>,
): Promise<CommandOutput> {
  const { cdqid = 0 } = command.values;
  const answer = await send(queue, command, deleteControllerDataQueue.encode({ cdqid }));
  return answer.ok ? printed(`Delete CDQ Successful: CDQID=${identifier(cdqid)}\n`) : answer.output;
}

/** `nvme lm track-send`: nvme-cli has user data only; memory is tracked with `admin-passthru`. */
async function trackSend(queue: AskedController, command: Named<'lm track-send'>): Promise<CommandOutput> {
  const { sel, cdqid = 0, start, stop } = command.values;
  if (sel === undefined) return refused('Select field required');
  const title = namedValueTitle(trackSendSelectors, sel) ?? 'unrecognized';
  if (sel !== trackSendSelectors.logUserDataChanges.value)
    return refused(`Unsupported select option ${sel} (${title})`);
  if (start && stop) return refused('Must select one of start & stop, not both');
  const mos = start ? 1 : stop ? 0 : (command.values.mos ?? 0);
  const answer = await send(queue, command, trackSendDefinition.encode({ sel, mos, target: cdqid }));
  return answer.ok ? printed(`Track Send (${title}) Successful\n`) : answer.output;
}

/** `nvme lm migration-send`. nvme-cli 2.13 drops CSVI; here it goes into CDW11 23:16 (NVMe Base 2.1, 5.1.17). */
async function migrationSend(
  host: ConsoleHost,
  queue: AskedController,
  command: Named<'lm migration-send'>,
): Promise<CommandOutput> {
  const { values } = command;
  const { sel, stype = 0, csvi = 0, csuuidi = 0, numd = 0, offset = 0 } = values;
  if (sel === undefined) return refused('Select field required');
  const title = namedValueTitle(migrationSendSelectors, sel) ?? 'unrecognized';
  const setsState = sel === migrationSendSelectors.setControllerState.value;
  if (setsState ? values.dudmq || stype !== 0 : csvi + csuuidi !== 0)
    return refused(`Unexpected fields for ${title}`);
  const file = values['input-file'];
  if (setsState && file === undefined) return refused(`Expected file for ${title}`);
  const input = await readInput(host, file, file === undefined ? 0 : numd * 4);
  if (!input.ok) return refused(input.error.message);
  const transfer = input.value.length > 0 ? { data: input.value } : {};
  const common = {
    cntlid: values.cntlid ?? 0,
    seqind: values['seq-ind'] ?? 0,
    offset: BigInt(offset),
    uidx: values.uidx ?? 0,
    numd,
  };
  const sent = setsState
    ? setControllerState.encode({ ...common, csvi, csuuidi }, transfer)
    : migrationSendDefinition.encode({ ...common, sel, stype, dudmq: values.dudmq === true }, transfer);
  const answer = await send(queue, command, sent);
  return answer.ok ? printed(`Migration Send (${title}) Successful\n`) : answer.output;
}

/** `nvme lm migration-recv`. nvme-cli 2.13 refuses an offset; here what cannot be decoded is shown as bytes. */
async function migrationReceive(
  host: ConsoleHost,
  queue: AskedController,
  command: Named<'lm migration-recv'>,
): Promise<CommandOutput> {
  const { values } = command;
  const { offset = 0, numd = 0, 'output-file': file, 'output-format': format = 'normal' } = values;
  const { sel = 0, csvi = 0, csuuidi = 0, cntlid = 0, uidx = 0 } = values;
  const received = migrationReceiveDefinition.encode(
    { sel, csvi, csuuidi, cntlid, offset: BigInt(offset), uidx, numdl: numd },
    { readLength: bytesOfZeroBased(numd) },
  );
  const answer = await send(queue, command, received);
  if (!answer.ok) return answer.output;
  const { dw0, data = new Uint8Array() } = answer.completion;
  if (format === 'binary') return printed(data);
  const about =
    format === 'normal'
      ? `CDW0: 0x${(dw0 >>> 0).toString(16)}: Controller ${migrationReceiveDefinition.result.decode(dw0).csup ? '' : 'NOT '}Suspended\n`
      : '';
  if (file !== undefined) {
    const written = await writeOutput(host, file, data);
    return written.ok ? printed(about) : refused(written.error.message);
  }
  const state = offset === 0 ? wholeState(data) : undefined;
  if (state === undefined) return printed(about + hexadecimalDump(data));
  return printed(about + printNvmeCliJson(controllerStateJson(state, data), command.version));
}

/** The state at the beginning of a buffer, if all of it is there. */
function wholeState(data: Uint8Array) {
  const extent = data.length < controllerStateHeaderLength ? undefined : decodeControllerStateExtent(data);
  if (!extent?.ok || extent.value.totalLength > data.length) return undefined;
  const decoded = decodeControllerState(data.slice(0, extent.value.totalLength));
  return decoded.ok ? decoded.value : undefined;
}

/** `nvme lm set-cdq` */
async function setDataQueue(queue: AskedController, command: Named<'lm set-cdq'>): Promise<CommandOutput> {
  const { cdqid = 0, hp = 0, tpt } = command.values;
  const answer = await send(
    queue,
    command,
    // nvme-cli sends the -1 that stands for "not given".
    setControllerDataQueueFeature.encode({ cdqid, hp, etpt: tpt !== undefined, tpt: tpt ?? 0xffffffff }),
  );
  return answer.ok ? printed(`Success. Head Pointer: ${hp}\n`) : answer.output;
}

/** `nvme lm get-cdq` */
async function getDataQueue(queue: AskedController, command: Named<'lm get-cdq'>): Promise<CommandOutput> {
  const { cdqid = 0 } = command.values;
  const answer = await send(
    queue,
    command,
    getControllerDataQueueFeature.encode({ cdqid }, { readLength: 512 }),
  );
  if (!answer.ok) return answer.output;
  const data = answer.completion.data ?? new Uint8Array(8);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return printed(
    `Head Pointer: ${view.getUint32(0, true)}\nTail Pointer Trigger: ${view.getUint32(4, true)}\n`,
  );
}

function send(queue: AskedController, command: NvmeCommand, sent: AdminCommand) {
  return exchange(queue, sent, {
    subject: command.name,
    version: command.version,
    json: false,
  });
}

function identifier(cdqid: number): string {
  return `0x${(cdqid & 0xffff).toString(16).padStart(4, '0')}`;
}

/** nvme-cli's plugin `lm`: host managed live migration. */
export const migrationCommands = defineCommands(specs, {
  'lm create-cdq': ({ queue }, command) => createDataQueue(queue, command),
  'lm delete-cdq': ({ queue }, command) => deleteDataQueue(queue, command),
  'lm track-send': ({ queue }, command) => trackSend(queue, command),
  'lm migration-send': ({ host, queue }, command) => migrationSend(host, queue, command),
  'lm migration-recv': ({ host, queue }, command) => migrationReceive(host, queue, command),
  'lm set-cdq': ({ queue }, command) => setDataQueue(queue, command),
  'lm get-cdq': ({ queue }, command) => getDataQueue(queue, command),
});
