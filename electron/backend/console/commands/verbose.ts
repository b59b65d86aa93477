import type { NvmeCommand } from '../grammar/console-command.ts';

/** `-v`, which every command has from 2.13 on; in 3.0 `-H` is the same, and `--quiet` takes both back. */
export function isVerbose({ values, release }: Pick<NvmeCommand, 'values' | 'release'>): boolean {
  if (release === '3.0' && values.quiet === true) return false;
  return values.verbose === true || (release === '3.0' && values['human-readable'] === true);
}
