import type { NvmeCliRelease } from '#shared/nvme/nvme-cli/nvme-release.ts';
import { format, verbose } from '../grammar/common-options.ts';
import type { CommandSpec, OptionSpec } from '../grammar/option-spec.ts';
import type { NvmeCommandDefinition } from './define-commands.ts';
import { functionCommands } from './functions.ts';
import { identifyCommands } from './identify.ts';
import { inspectionCommands } from './inspection.ts';
import { logPageCommands } from './log-pages.ts';
import { managementCommands } from './management.ts';
import { migrationCommands } from './migration.ts';
import { namespaceDescriptorCommands } from './namespace-descriptors.ts';
import { resetCommands } from './resets.ts';
import { sanitizeCommands } from './sanitize.ts';
import { virtualSubsystemCommands } from './virtual-subsystems.ts';

/**
 * The nvme subcommands of the console with their options, as nvme-cli 2.3 has them. The `virtual_subsys_…` and
 * `virtual_function_…` commands are those of the proposal (not in the ratified specification) and exist in Berth only.
 */
export const nvmeCommands = {
  ...identifyCommands,
  ...namespaceDescriptorCommands,
  ...managementCommands,
  ...inspectionCommands,
  ...logPageCommands,
  ...sanitizeCommands,
  ...migrationCommands,
  ...resetCommands,
  ...functionCommands,
  ...virtualSubsystemCommands,
} satisfies Readonly<Record<string, NvmeCommandDefinition>>;

export type NvmeCommandName = keyof typeof nvmeCommands;

/**
 * Commands whose letters nvme-cli 2.13 gave another meaning: `-o` of `admin-passthru` is the output format, which leaves
 * `-O` for the opcode, and `-v` of every command is `--verbose`, which leaves `-V` for the value of a feature.
 */
const newCommands: Readonly<Partial<Record<NvmeCommandName, CommandSpec>>> = {
  'admin-passthru': {
    ...nvmeCommands['admin-passthru'].spec,
    options: [...withShort(nvmeCommands['admin-passthru'].spec.options, 'opcode', 'O'), format, verbose],
  },
  'set-feature': {
    ...nvmeCommands['set-feature'].spec,
    options: [...withShort(nvmeCommands['set-feature'].spec.options, 'value', 'V'), verbose],
    // A value behind `-v` is an operand too many, and nvme-cli reads the first one only.
    ignoresSurplus: true,
  },
};

function withShort(options: readonly OptionSpec[], name: string, short: string): readonly OptionSpec[] {
  return options.map((known) => (known.name === name ? { ...known, short } : known));
}

/** The command as the given version of nvme-cli takes it. */
export function commandSpec(name: NvmeCommandName, release: NvmeCliRelease): CommandSpec {
  const { spec } = nvmeCommands[name];
  if (release === '2.3') return spec;
  const newer = newCommands[name] ?? withVerbose(spec);
  return release === '3.0' ? withoutLosses(newer) : newer;
}

/** Mended in 3.0 (nvme-cli commit 91cc3ee99): no option loses the values of others. */
function withoutLosses(spec: CommandSpec): CommandSpec {
  return { ...spec, options: spec.options.map(({ loses: _, ...option }) => option) };
}

// The commands of the proposal, whose device is an option, are not nvme-cli's.
function withVerbose(spec: CommandSpec): CommandSpec {
  const isTaken = spec.options.some((known) => known.short === 'v' || known.name === 'verbose');
  return isTaken || spec.device !== 'operand' ? spec : { ...spec, options: [...spec.options, verbose] };
}

export function isNvmeCommandName(name: string): name is NvmeCommandName {
  return Object.hasOwn(nvmeCommands, name);
}
