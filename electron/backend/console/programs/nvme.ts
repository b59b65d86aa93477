import { type NvmeCliRelease, programOfRelease } from '#shared/nvme/nvme-cli/nvme-release.ts';
import type { BerthError } from '#shared/result.ts';
import { type CommandOutput, printed, refused } from '../command-output.ts';
import { executeNvme, helpText } from '../commands/execute-nvme.ts';
import { isListingName, listingCommands, runListing } from '../commands/listing.ts';
import { commandSpec, isNvmeCommandName, nvmeCommands } from '../commands/table.ts';
import { globalOptions } from '../grammar/common-options.ts';
import { withGlobals } from '../grammar/option-spec.ts';
import { nameOfCommand, parseNvme, parseSimulation } from '../grammar/parse-nvme.ts';
import { refusalOfError } from '../refusal-text.ts';
import type { HostProgram } from './program.ts';
import { hostWithFiles } from './program-files.ts';

/** `nvme` of a release. */
export function nvmeProgram(release: NvmeCliRelease): HostProgram {
  return async (call) => {
    const { args } = call;
    const [first] = args;
    if (first === 'version' || first === '--version') return printed(`nvme version ${release} (simulated)\n`);
    const help = helpFor(release, args);
    if (help !== null) return printed(help);
    if (first !== undefined && isListingName(first)) {
      await call.beforeEffect();
      const listed = await runListing(call.host, first, release, args.slice(1));
      return listed.ok ? listed.value : misunderstood(listed.error, 1);
    }
    const command = parseNvme(release, args);
    if (!command.ok) return misunderstood(command.error, 1);
    await call.beforeEffect();
    return executeNvme(hostWithFiles(call), command.value, call.timeoutSeconds);
  };
}

/** `nvme help`, `nvme --help`, `nvme help COMMAND`, `nvme COMMAND --help`; null where no help is asked for. */
function helpFor(release: NvmeCliRelease, args: readonly string[]): string | null {
  const isHelp = (word: string | undefined) => word === '--help' || word === '-h' || word === 'help';
  const asksFirst = isHelp(args[0]);
  if (!asksFirst && !args.slice(1).some((word) => word === '--help' || word === '-h')) return null;
  const program = programOfRelease(release);
  const { name } = nameOfCommand(asksFirst ? args.slice(1) : args);
  if (name !== undefined && isListingName(name))
    return `${helpText(withGlobals(listingCommands[name], globalOptions[release]), program)}\n`;
  if (name !== undefined && isNvmeCommandName(name))
    return `${helpText(commandSpec(name, release), program)}\n`;
  if (!asksFirst) return null;
  const all = [...Object.values(listingCommands), ...Object.values(nvmeCommands).map(({ spec }) => spec)];
  const lines = all.map((spec) => `  ${spec.name.padEnd(26)} ${spec.summary}\n`);
  return `nvme-${release} (simulated)\nusage: ${program} <command> [<device>] [<args>]\n\n${lines.join('')}`;
}

/** `berth`: what happens to a simulated host. */
export const simulationProgram: HostProgram = async (call) => {
  const command = parseSimulation(call.args);
  if (!command.ok) return misunderstood(command.error, 2);
  return call.host.simulate?.(command.value) ?? refused(`${command.value.name}: this host is not simulated`);
};

/** Nothing was done; the fix is said. */
function misunderstood(error: BerthError, exit: number): CommandOutput {
  return { ...refused(error.message, exit, '', refusalOfError(error)), misunderstood: true };
}
