import type { BerthError } from '#shared/result.ts';
import { lookUp } from '#shared/tables.ts';

/** Why nvme commands that captures hold have no counterpart on a simulated host. */
const nvmeReasons: Readonly<Record<string, string>> = {
  list: 'it lists block devices of the recorded host, in its own order',
  'list-subsys': 'it lists paths of the recorded host, and nvme-cli 2.3 drops some of them',
  connect: 'it needs a network and an NVMe-oF target',
  discover: 'it needs a network and an NVMe-oF target',
  disconnect: 'it needs a network and an NVMe-oF target',
  version: 'it prints the version of nvme-cli on the recorded host',
};

/** Why a line cannot run on a simulated host, in words for the report. */
export function notSimulatedReason(command: string, error: BerthError): string {
  const [, program = '', subcommand = ''] =
    /^(?:time(?: -p)? |timeout \S+ )*(\S+)(?:\s+([\w-]+))?/.exec(command) ?? [];
  if (/^nvme(-new)?$/.test(program)) {
    const reason = lookUp(nvmeReasons, subcommand);
    if (reason !== undefined) return reason;
    return `the simulated host does not run it: ${error.message}`;
  }
  if (error.code === 'not-supported') return error.message;
  return `${program} is not part of the simulated host`;
}
