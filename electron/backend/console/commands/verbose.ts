import type { NvmeCommand } from '../grammar/console-command.ts';

/** `-v`, which every command has from 2.13 on. */
export function isVerbose({ values }: Pick<NvmeCommand, 'values'>): boolean {
  return values.verbose === true;
}
