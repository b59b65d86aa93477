import type { NvmeCliVersion } from '../../../../shared/nvme/nvme-cli/nvme-cli-text.ts';
import type { NvmeCliRelease } from '../../../../shared/nvme/nvme-cli/nvme-release.ts';
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
  readonly release: NvmeCliRelease;
  /** Whose options and printed structures the release has. */
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
