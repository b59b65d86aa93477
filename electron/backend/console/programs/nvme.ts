import type { NvmeCliVersion } from '#shared/nvme/nvme-cli/nvme-cli-text.ts';
import type { BerthError } from '#shared/result.ts';
import { type CommandOutput, refused } from '../command-output.ts';
import { executeNvme } from '../commands/execute-nvme.ts';
import { parseNvme, parseSimulation } from '../grammar/parse-nvme.ts';
import type { HostProgram } from './program.ts';
import { hostWithFiles } from './program-files.ts';

/** `nvme` of a version. */
export function nvmeProgram(version: NvmeCliVersion): HostProgram {
  return async (call) => {
    const command = parseNvme(version, call.args);
    if (!command.ok) return misunderstood(command.error, 1);
    await call.beforeEffect();
    return executeNvme(hostWithFiles(call), command.value, call.timeoutSeconds);
  };
}

/** `berth`: what happens to a simulated host. */
export const simulationProgram: HostProgram = async (call) => {
  const command = parseSimulation(call.args);
  if (!command.ok) return misunderstood(command.error, 2);
  return call.host.simulate?.(command.value) ?? refused(`${command.value.name}: this host is not simulated`);
};

/** Nothing was done; the fix is said. */
export function misunderstood({ message, fix }: BerthError, exit: number): CommandOutput {
  return { ...refused(`${message}${fix === undefined ? '' : `\n${fix}`}`, exit), misunderstood: true };
}
