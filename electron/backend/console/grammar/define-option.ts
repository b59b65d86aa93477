import type { OptionKind, OptionSpec } from './option-spec.ts';

/** An option of a command table, with its name and kind as literal types. */
export const option = <const Name extends string, const Kind extends OptionKind>(
  name: Name,
  short: string,
  kind: Kind,
  help: string,
  more: Omit<OptionSpec, 'name' | 'short' | 'kind' | 'help'> = {},
) => ({ name, short, kind, help, ...more });
