import { option } from './define-option.ts';
import type { CommandSpec } from './option-spec.ts';

const format = option('output-format', 'o', 'format', 'Output format');
const namespace = option('namespace-id', 'n', 'word', 'Namespace identifier');
const raw = option('raw-binary', 'b', 'flag', 'Write the bytes as they came');
const human = option('human-readable', 'H', 'flag', 'Explain the bits of fields');

/** nvme-cli's commands for single log pages, and for Sanitize. */
export const logPageCommands = {
  'smart-log': {
    name: 'smart-log',
    summary: 'Show SMART / Health Information (log page 02h)',
    device: 'operand',
    options: [namespace, format, raw, human],
  },
  'error-log': {
    name: 'error-log',
    summary: 'Show Error Information (log page 01h)',
    device: 'operand',
    options: [option('log-entries', 'e', 'word', 'How many entries; 64 without it'), raw, format],
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
      human,
      raw,
      option('csi', 'c', 'byte', 'Command set: 0 NVM, 2 zoned; those that the controller has without it'),
    ],
  },
  'changed-ns-list-log': {
    name: 'changed-ns-list-log',
    summary: 'Show the Changed Attached Namespace List (log page 04h)',
    device: 'operand',
    options: [format, raw],
  },
  'sanitize-log': {
    name: 'sanitize-log',
    summary: 'Show Sanitize Status (log page 81h)',
    device: 'operand',
    options: [option('rae', 'r', 'flag', 'Retain the asynchronous event'), format, human, raw],
  },
  sanitize: {
    name: 'sanitize',
    summary: 'Erase all user data of the NVM subsystem',
    device: 'operand',
    options: [
      option('no-dealloc', 'd', 'flag', 'No deallocation afterwards'),
      option('oipbp', 'i', 'flag', 'Overwrite: invert the pattern between passes'),
      option('owpass', 'n', 'byte', 'Overwrite: passes, 0 for 16'),
      option('ause', 'u', 'flag', 'Allow an unrestricted exit after a failure'),
      option(
        'sanact',
        'a',
        'byte',
        'Action: 1 exit failure mode, 2 block erase, 3 overwrite, 4 crypto erase, 5 exit media verification',
      ),
      option('ovrpat', 'p', 'word', 'Overwrite: pattern'),
    ],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;
