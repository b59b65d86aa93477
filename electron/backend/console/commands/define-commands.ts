import type { NvmeFunction } from '../../hosts/host-connection.ts';
import type { AskedController } from '../../nvme/ask-controller.ts';
import type { CommandOutput } from '../command-output.ts';
import type { ConsoleHost } from '../console-host.ts';
import type { NvmeCommand } from '../grammar/console-command.ts';
import type { CommandSpec, OptionValues } from '../grammar/option-spec.ts';

/** What a command works on: its controller's queue, and what else the host has. */
export interface ConsoleContext {
  readonly host: ConsoleHost;
  readonly queue: AskedController;
  readonly found: NvmeFunction;
  readonly functions: readonly NvmeFunction[];
}

type Specs = Readonly<Record<string, CommandSpec>>;

/** A parsed command with the values that its own options have. */
export type TypedCommand<Name, Spec extends CommandSpec> = Omit<NvmeCommand, 'name' | 'values'> & {
  readonly name: Name;
  readonly values: OptionValues<Spec['options']>;
};

/** Any of the commands of a table. */
export type CommandOf<Table extends Specs> = {
  [Name in keyof Table]: TypedCommand<Name, Table[Name]>;
}[keyof Table];

/** One nvme subcommand of the console: how it is written, and what it does. */
export interface NvmeCommandDefinition {
  readonly spec: CommandSpec;
  run(context: ConsoleContext, command: NvmeCommand): CommandOutput | Promise<CommandOutput>;
}

/** Puts the grammar of commands and their effect together; neither can be left out. */
export function defineCommands<const Table extends Specs>(
  specs: Table,
  effects: {
    readonly [Name in keyof Table]: (
      context: ConsoleContext,
      command: TypedCommand<Name, Table[Name]>,
    ) => CommandOutput | Promise<CommandOutput>;
  },
): { readonly [Name in keyof Table]: NvmeCommandDefinition } {
  const entries = Object.entries(specs).map(([name, spec]) => {
    // The parser made the values by this very table of options.
    const run = effects[name as keyof Table] as NvmeCommandDefinition['run'];
    return [name, { spec, run }];
  });
  return Object.fromEntries(entries) as { readonly [Name in keyof Table]: NvmeCommandDefinition };
}
