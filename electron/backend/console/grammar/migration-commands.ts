import { option } from './define-option.ts';
import type { CommandSpec } from './option-spec.ts';

const cntlid = option('cntlid', 'c', 'short', 'Controller identifier (CNTLID)');
const cdqid = option('cdqid', 'C', 'short', 'Controller Data Queue identifier (CDQID)');
const selector = option('sel', 's', 'byte', 'Select (SEL)');
const csuuidi = option('csuuidi', 'U', 'byte', 'Controller State UUID index (CSUUIDI)');
const csvi = option('csvi', 'V', 'byte', 'Controller State version index (CSVI)');
const uidx = option('uidx', 'u', 'byte', 'UUID index (UIDX)', { maximum: 0x7f });
const offset = option('offset', 'o', 'size', 'Offset in the Controller State, in bytes');

/** nvme-cli's plugin `lm`: host managed live migration. */
export const migrationCommands = {
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
      option('numd', 'n', 'word', 'Dwords of the state, a plain count', { maximum: 1 << 20 }),
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
      option('numd', 'n', 'word', "Dwords to read, 0's based", { maximum: 1 << 20 }),
      option('output-file', 'f', 'text', 'File for the state'),
      option('human-readable', 'H', 'flag', 'Explain the bits of fields'),
      option('output-format', '', 'format', 'Output format'),
    ],
  },
  'lm set-cdq': {
    name: 'lm set-cdq',
    summary: 'Move the head of a Controller Data Queue, arm its tail event',
    device: 'operand',
    options: [
      cdqid,
      option('hp', 'H', 'word', 'Head pointer: first slot that was not read'),
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
