import { option } from './define-option.ts';

/** Options that several commands of nvme-cli have, with its letters. */
export const format = option('output-format', 'o', 'format', 'Output format');
export const humanReadable = option('human-readable', 'H', 'flag', 'Explain the bits of fields');
export const raw = option('raw-binary', 'b', 'flag', 'Write the structure as raw bytes');
export const namespace = option('namespace-id', 'n', 'word', 'Namespace identifier');
/** Every command has it from 2.13 on. */
export const verbose = option('verbose', 'v', 'flag', 'Print more details');
