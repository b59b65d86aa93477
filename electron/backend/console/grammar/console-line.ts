import type { NvmeCliVersion } from '../../../../shared/nvme/nvme-cli/nvme-cli-text.ts';
import type { OptionValues } from './option-spec.ts';
import type { SimulationCommandName, simulationCommands } from './simulation-commands.ts';

/** `/dev/nvme0`, or `/dev/nvme0n1` with the number of the namespace's node. */
export interface DevicePath {
  readonly text: string;
  /** `nvme0` */
  readonly name: string;
  /** Null for the controller's own node. */
  readonly namespace: number | null;
}

/** A parsed nvme subcommand with the values of its options. */
export interface NvmeCommand {
  readonly kind: 'nvme';
  /** A name that the table of the console's commands has. */
  readonly name: string;
  /** `nvme` is 2.3, `nvme-new` is 2.13. */
  readonly version: NvmeCliVersion;
  readonly device: DevicePath;
  /** By the long names of the options that the command's definition has. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Something that happens to a simulated host or device. */
export type SimulationCommand = {
  [Name in SimulationCommandName]: {
    readonly kind: 'simulation';
    readonly name: Name;
    /** Null for what concerns the host. */
    readonly device: DevicePath | null;
    readonly values: OptionValues<(typeof simulationCommands)[Name]['options']>;
  };
}[SimulationCommandName];

/** One command of a console line. */
export type SimpleCommand =
  | NvmeCommand
  | SimulationCommand
  /** `echo VALUE > /sys/…`; the text with its line end, if it has one. */
  | { readonly kind: 'write'; readonly text: string; readonly path: string }
  /** `echo WORDS` to the console, with the line end. */
  | { readonly kind: 'echo'; readonly text: string }
  | { readonly kind: 'cat'; readonly paths: readonly string[] }
  | {
      readonly kind: 'readlink';
      readonly program: 'readlink' | 'realpath';
      readonly words: readonly string[];
    };

/** A command with what was put in front of it. */
export interface ConsoleCommand {
  readonly command: SimpleCommand;
  /** `timeout N`: give up after so many seconds. */
  readonly timeoutSeconds: number | null;
  /** `time -p`: the times go to standard error. */
  readonly timed: boolean;
}

/** A console line: nothing (a comment or blank), or commands that run one after the other. */
export interface ConsoleLine {
  readonly text: string;
  readonly commands: readonly ConsoleCommand[];
}
