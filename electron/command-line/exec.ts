import { readFile, writeFile } from 'node:fs/promises';
import type { ConsoleFiles, ConsoleHost } from '#backend/console/console-host.ts';
import { executeLine } from '#backend/console/execute-line.ts';
import { createSimulatedConsole } from '#backend/console/simulated-console.ts';
import { createVirtualClock } from '#backend/console/virtual-clock.ts';
import { createSimulatedFleet } from '#backend/hosts/simulated/simulated-fleet.ts';
import type { QueueTracer } from '#backend/hosts/traced-admin-queue.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { type CommandLineIo, type ExitCode, exitCodes } from './command-line-io.ts';
import { openFleetFile } from './open-source.ts';
import { refuse } from './print-error.ts';
import { outputJson } from './print-output.ts';
import { recordCommands, type SentCommand } from './sent-commands.ts';

export interface ExecRequest {
  readonly source: string;
  readonly snapshot: string | undefined;
  readonly host: string | undefined;
  /** `-` is standard input. */
  readonly file: string;
  readonly json: boolean;
}

/** A second on the simulated host's clock passes between two lines, so that probes come to their end. */
const betweenLinesMilliseconds = 1000;

/** Linux waits so long for an admin command; the virtual clock makes it pass at once. */
const adminTimeoutMilliseconds = 60_000;

/** `berth exec SOURCE`: 0 when all went well, 1 when a line was refused, 2 when a line made no sense. */
export async function runExec(request: ExecRequest, io: CommandLineIo): Promise<ExitCode> {
  const clock = createVirtualClock(0);
  const sent: SentCommand[] = [];
  const opened = await openHost(request, clock, recordCommands(sent));
  if (!opened.ok) return refuse(io, opened.error);
  const script = await readScript(request, io);
  if (!script.ok) return refuse(io, script.error);
  const { host, close } = opened.value;
  let code: ExitCode = exitCodes.success;
  for (const line of script.value.split(/\r?\n/)) {
    if (/^\s*(#.*)?$/.test(line)) continue;
    const output = await executeLine(host, line);
    clock.advance(betweenLinesMilliseconds);
    const commands = sent.splice(0);
    if (request.json) io.out(`${JSON.stringify({ line, ...outputJson(output), commands })}\n`);
    else {
      io.out(output.stdout);
      if (output.stderr !== '') io.err(output.stderr);
    }
    if (output.misunderstood) code = exitCodes.usage;
    else if (output.exit !== 0 && code === exitCodes.success) code = exitCodes.refused;
  }
  await close();
  return code;
}

/** Files are those of the person who runs the command line. */
const files: ConsoleFiles = {
  async read(path) {
    return readFile(path).catch(() => null);
  },
  async write(path, bytes) {
    return writeFile(path, bytes).then(
      () => true,
      () => false,
    );
  },
};

async function openHost(
  request: ExecRequest,
  clock: ReturnType<typeof createVirtualClock>,
  trace: QueueTracer,
): Promise<Result<{ readonly host: ConsoleHost; readonly close: () => Promise<void> }>> {
  const file = await openFleetFile(request.source, request.snapshot);
  if (!file.ok) return file;
  const fleet = createSimulatedFleet(file.value, {
    clock,
    trace,
    adminTimeoutMilliseconds,
  });
  if (!fleet.ok) return fleet;
  const { hosts } = fleet.value;
  const wanted = request.host ?? hosts[0]?.id;
  const found = hosts.find((host) => host.id === wanted);
  if (found === undefined)
    return fail('invalid-request', `${request.source} has no host ${wanted ?? ''}`, {
      object: request.source,
      field: '--host',
      fix: `Choose one of: ${hosts.map((host) => host.id).join(', ')}`,
    });
  return succeed({
    host: createSimulatedConsole(found, { files, advance: (milliseconds) => clock.advance(milliseconds) }),
    close: async () => {
      for (const each of hosts) await each.close();
    },
  });
}

async function readScript(request: ExecRequest, io: CommandLineIo): Promise<Result<string>> {
  if (request.file === '-') return succeed(await io.readStdin());
  try {
    return succeed(await readFile(request.file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail('not-found', `The lines cannot be read: ${reason}`, {
      object: request.file,
      field: '--file',
      fix: 'Name a text file, or - for standard input',
    });
  }
}
