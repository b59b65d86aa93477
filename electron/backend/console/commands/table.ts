import type { NvmeCliRelease } from '#shared/nvme/nvme-cli/nvme-release.ts';
import { globalOptions } from '../grammar/common-options.ts';
import { type CommandSpec, optionsIn, withGlobals } from '../grammar/option-spec.ts';
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

/** The command as the given version of nvme-cli takes it. */
export function commandSpec(name: NvmeCommandName, release: NvmeCliRelease): CommandSpec {
  const { spec } = nvmeCommands[name];
  // The commands of the proposal, whose device is an option, are not nvme-cli's.
  if (spec.device !== 'operand') return spec;
  const own = optionsIn(release, spec.options);
  // Mended in 3.0 (nvme-cli commit 91cc3ee99): no option loses the values of others.
  const options = release === '3.0' ? own.map(({ loses: _, ...known }) => known) : own;
  // The commands of this plugin take them from 3.0 on.
  const globals = spec.name.startsWith('lm ') && release !== '3.0' ? [] : globalOptions[release];
  return { ...withGlobals({ ...spec, options }, globals), ignoresSurplus: ignoresSurplus(name, release) };
}

/** A value behind `-v` of newer ones is an operand too many, and nvme-cli reads the first one only. */
function ignoresSurplus(name: NvmeCommandName, release: NvmeCliRelease): boolean {
  return name === 'set-feature' && release !== '2.3';
}

export function isNvmeCommandName(name: string): name is NvmeCommandName {
  return Object.hasOwn(nvmeCommands, name);
}
