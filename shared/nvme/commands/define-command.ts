import type { AdminCommand } from '../command.ts';
import { type DwordCodec, type DwordFields, dwordCodec } from '../dword-codec.ts';
import type { NvmeCliLine } from '../nvme-cli/nvme-cli-line.ts';
import { type CommandCodec, type CommandFields, type CommandValues, commandCodec } from './command-codec.ts';

/** Names that a command carries only as numbers; a line that knows them reads like the proposal's own examples. */
export interface CommandLineNames {
  /** Virtual NQN by virtual subsystem identifier. */
  readonly virtualNqns?: ReadonlyMap<number, string>;
  /** Device path by controller identifier, for example `/dev/nvme2`. */
  readonly devices?: ReadonlyMap<number, string>;
}

/** The operation that a selector chooses, if there is one, and the rest of the command in words. */
export type CommandWords = readonly [operation: string | undefined, words: string];

/** Everything that is known of one admin command. */
export interface CommandDefinition<
  Fields extends CommandFields = CommandFields,
  Result extends DwordFields = DwordFields,
> extends CommandCodec<Fields, never> {
  /** The specification's name. */
  readonly name: string;
  /** Where it is defined: `NVMe Base 2.1, 5.1.13`. */
  readonly clause: string;
  /** What its selector makes of it, where that changes the meaning of the other bits. */
  readonly forms: Readonly<Record<string, CommandCodec>>;
  /** Dword 0 of its completion; without fields where it says nothing. */
  readonly result: DwordCodec<Result>;
  /** Absent where the dwords themselves are all that can be said. */
  words?(command: AdminCommand): CommandWords;
  /** The line of nvme-cli, or undefined when its own commands could not send exactly this one. */
  line?(command: AdminCommand, names: CommandLineNames): NvmeCliLine | undefined;
}

interface Said<Fields extends CommandFields, Result extends DwordFields> {
  readonly opcode: number;
  readonly name: string;
  readonly clause: string;
  readonly fields: Fields;
  readonly forms?: Readonly<Record<string, CommandCodec>>;
  /** Fields of completion dword 0. */
  readonly result?: Result;
  readonly words?: (values: CommandValues<Fields>, command: AdminCommand) => CommandWords;
  readonly line?: (
    values: CommandValues<Fields>,
    command: AdminCommand,
    names: CommandLineNames,
  ) => NvmeCliLine | undefined;
}

/**
 * Defines an admin command. Where it has forms, a line is asked for only if one of them describes every bit of the
 * command; where it has none, only if its own fields do.
 */
export function defineCommand<
  const Fields extends CommandFields,
  const Result extends DwordFields = Record<never, never>,
>(said: Said<Fields, Result>): CommandDefinition<Fields, Result> {
  const codec = commandCodec(said.opcode, said.fields);
  const forms = said.forms ?? {};
  const exact = Object.values(forms).length === 0 ? [codec] : Object.values(forms);
  const { words, line } = said;
  return {
    ...codec,
    name: said.name,
    clause: said.clause,
    forms,
    result: dwordCodec(said.result ?? ({} as Result)),
    ...(words && { words: (command) => words(codec.decode(command), command) }),
    ...(line && {
      line: (command, names) =>
        exact.some((form) => form.describes(command))
          ? line(codec.decode(command), command, names)
          : undefined,
    }),
  };
}
