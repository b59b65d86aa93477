import type { ConsoleFiles, ConsoleHost } from '#backend/console/console-host.ts';
import { executeLine } from '#backend/console/execute-line.ts';
import { createSimulatedConsole } from '#backend/console/simulated-console.ts';
import { readFileBytes, readFileText } from '#backend/files/read-file.ts';
import { writeWholeFile } from '#backend/files/write-whole-file.ts';
import { createSimulatedFleet } from '#backend/hosts/simulated/simulated-fleet.ts';
import type { QueueTracer } from '#backend/hosts/traced-admin-queue.ts';
import { SimulatedClock } from '#backend/simulation/simulated-clock.ts';
import { systemClock } from '#backend/system-clock.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { type CommandLineIo, type ExitCode, exitCodes } from '../command-line-io.ts';
import { openFleetFile } from '../open-source.ts';
import { refuse } from '../print-error.ts';
import { outputJson } from '../print-output.ts';
import { recordCommands, type SentCommand } from './sent-commands.ts';

export interface ExecRequest {
  readonly source: string;
  readonly snapshot: string | undefined;
  readonly host: string | undefined;
  /** `-` is standard input. */
  readonly file: string;
  readonly json: boolean;
}

/**
 * A second of simulated time passes between two lines, so that probes come to their end; unless `berth clock` chose
 * another mode than the one that scripts begin with.
 */
const betweenLinesMilliseconds = 1000;

/** Linux waits so long for an admin command; as fast as possible, it passes at once. */
const adminTimeoutMilliseconds = 60_000;

/** `berth exec SOURCE`: 0 when all went well, 1 when a line was refused, 2 when a line made no sense. */
export async function runExec(request: ExecRequest, io: CommandLineIo): Promise<ExitCode> {
  const sent: SentCommand[] = [];
  const opened = await openHost(request, recordCommands(sent));
  if (!opened.ok) return refuse(io, opened.error);
  const script = await readScript(request, io);
  if (!script.ok) return refuse(io, script.error);
  const { host, clock, giveUp, close } = opened.value;
  let code: ExitCode = exitCodes.success;
  for (const line of script.value.split(/\r?\n/)) {
    if (/^\s*(#.*)?$/.test(line)) continue;
    const output = await unlessItStandsStill(executeLine(host, line), clock, giveUp);
    if (clock.mode === 'as-fast-as-possible') await clock.advance(betweenLinesMilliseconds);
    const commands = sent.splice(0);
    if (request.json) io.out(`${JSON.stringify({ line, ...outputJson(output), commands })}\n`);
    else {
      io.out(output.binary ? output.stdout : new TextDecoder().decode(output.stdout));
      if (output.stderr !== '') io.err(output.stderr);
    }
    if (output.misunderstood) code = exitCodes.usage;
    else if (output.exit !== 0 && code === exitCodes.success) code = exitCodes.refused;
  }
  await close();
  return code;
}

/** A line that waits while the clock is paused would wait for ever: nobody can step it meanwhile. */
async function unlessItStandsStill<T>(
  line: Promise<T>,
  clock: SimulatedClock,
  giveUp: () => void,
): Promise<T> {
  const ended = new AbortController();
  const watch = async () => {
    while (await clock.standsStill(ended.signal)) giveUp();
  };
  void watch();
  try {
    return await line;
  } finally {
    ended.abort();
  }
}

interface OpenedHost {
  readonly host: ConsoleHost;
  readonly clock: SimulatedClock;
  /** Gives up every command that waits. */
  readonly giveUp: () => void;
  readonly close: () => Promise<void>;
}

/** Scripts run at once, whatever the file says; its time goes on. */
function clockOf({ clock }: FleetFile): SimulatedClock {
  return new SimulatedClock(systemClock, {
    mode: 'as-fast-as-possible',
    microseconds: clock?.microseconds ?? 0,
  });
}

/** Bytes that one command can carry, and of all lines together. */
const largestData = 64 * 1024 * 1024;
const largestScript = 16 * 1024 * 1024;

/** Files are those of the person who runs the command line. */
const files: ConsoleFiles = {
  read: (path) => readFileBytes(path, { largest: largestData, what: 'data for a command' }),
  write: (path, bytes) => writeWholeFile(path, bytes, 'The data'),
};

async function openHost(request: ExecRequest, trace: QueueTracer): Promise<Result<OpenedHost>> {
  const file = await openFleetFile({ sources: [request.source], snapshot: request.snapshot });
  if (!file.ok) return file;
  const clock = clockOf(file.value);
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
    host: createSimulatedConsole(found, { files, clock }),
    clock,
    giveUp: () => found.cancelPending(),
    close: async () => {
      for (const each of hosts) await each.close();
    },
  });
}

async function readScript(request: ExecRequest, io: CommandLineIo): Promise<Result<string>> {
  if (request.file === '-') return succeed(await io.readStdin());
  const read = await readFileText(request.file, { largest: largestScript, what: 'a file with lines' });
  if (read.ok) return read;
  return fail(read.error.code, `The lines cannot be read: ${read.error.message}`, {
    object: request.file,
    field: '--file',
    fix: 'Give a text file, or - for standard input',
  });
}
