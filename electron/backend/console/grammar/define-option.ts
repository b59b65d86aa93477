import type { OptionKind } from './option-spec.ts';

/** An option of a command table, with its name and kind as literal types. */
export const option = <const Name extends string, const Kind extends OptionKind>(
  name: Name,
  short: string,
  kind: Kind,
  help: string,
  more: { readonly maximum?: number; readonly required?: boolean; readonly loses?: readonly string[] } = {},
) => ({ name, short, kind, help, ...more });
