import { openShell } from '#backend/console/host-shell/open-shell.ts';
import { runLine } from '#backend/console/host-shell/run-line.ts';
import { createSimulatedConsole } from '#backend/console/simulated-console.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { HeadlessProgram } from './open-program.ts';

/** Runs a line on a host: what happens to it. Errors: `invalid-request`, `refused`. */
export async function inject({ hosts, clock }: HeadlessProgram, fault: string): Promise<Result<void>> {
  const at = fault.indexOf(':');
  const host = hosts.find(({ id }) => id === fault.slice(0, Math.max(0, at)));
  const names = hosts.map(({ id }) => id).join(', ');
  if (host === undefined)
    return fail('invalid-request', `--fault does not take ${fault}`, {
      object: fault,
      field: '--fault',
      fix: `Give HOST:LINE, HOST one of ${names}, for example '${hosts[0]?.id ?? 'host'}:berth fault /dev/nvme1 --opcode 0x41 --status 0x6'`,
    });
  const console = createSimulatedConsole(host, { clock });
  const shell = await openShell(console);
  const output = await runLine(shell, fault.slice(at + 1).trim());
  shell.close();
  if (output.exit === 0) return succeed(undefined);
  return fail('refused', `The fault could not be injected: ${output.stderr.trim()}`, {
    object: fault,
    field: '--fault',
    fix: 'See berth fault --help in berth shell.',
  });
}
