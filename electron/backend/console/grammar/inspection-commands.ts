import { option } from './define-option.ts';
import type { CommandSpec } from './option-spec.ts';

const format = option('output-format', 'o', 'format', 'Output format');
const namespace = option('namespace-id', 'n', 'word', 'Namespace identifier');
const raw = option('raw-binary', 'b', 'flag', 'Write the bytes as they came');
const feature = option('feature-id', 'f', 'byte', 'Feature identifier');

/** nvme-cli's commands for log pages, features and registers. */
export const inspectionCommands = {
  'get-log': {
    name: 'get-log',
    summary: 'Get a log page',
    device: 'operand',
    options: [
      namespace,
      option('log-id', 'i', 'byte', 'Log page identifier'),
      option('log-len', 'l', 'word', 'Bytes to read', { maximum: 1 << 20 }),
      option('lpo', 'L', 'size', 'Offset in the log page, in bytes'),
      option('lsp', 's', 'byte', 'Log specific field', { maximum: 0x7f }),
      option('lsi', 'S', 'short', 'Log specific identifier'),
      option('rae', 'r', 'flag', 'Retain the asynchronous event'),
      option('uuid-index', 'U', 'byte', 'UUID index', { maximum: 0x7f }),
      raw,
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
      option('human-readable', 'H', 'flag', 'Explain the bits of fields'),
      format,
    ],
  },
  'set-feature': {
    name: 'set-feature',
    summary: 'Set the value of a feature',
    device: 'operand',
    options: [
      namespace,
      feature,
      option('value', 'v', 'word', 'Value, command dword 11'),
      option('cdw12', 'c', 'word', 'Command dword 12'),
      option('uuid-index', 'U', 'byte', 'UUID index', { maximum: 0x7f }),
      option('data-len', 'l', 'word', 'Bytes of data', { maximum: 1 << 20 }),
      option('data', 'd', 'text', 'File with the data'),
      option('save', 's', 'flag', 'Keep it over resets'),
    ],
  },
  'show-regs': {
    name: 'show-regs',
    summary: 'Show the registers of a controller',
    device: 'operand',
    options: [option('human-readable', 'H', 'flag', 'Explain the bits'), format],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;
