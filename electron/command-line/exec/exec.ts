import path from 'node:path';
import type { ConsoleFiles, ConsoleHost } from '#backend/console/console-host.ts';
import { openShell } from '#backend/console/host-shell/open-shell.ts';
import { gatherOutputs } from '#backend/console/host-shell/run-line.ts';
import type { ShellOutput } from '#backend/console/host-shell/shell-outputs.ts';
import type { RunEnd, UnitEnd } from '#backend/console/host-shell/shell-run.ts';
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
  const betweenLines = async () => {
    if (clock.mode === 'as-fast-as-possible') await clock.advance(betweenLinesMilliseconds);
  };
  const shell = await openShell(host, { betweenLines });
  const report = request.json ? jsonReport(io, sent) : textReport(io, request);
  let code: ExitCode = exitCodes.success;
  const running = shell.run(script.value, {
    onOutput: report.onOutput,
    onUnit: async (end) => {
      report.onUnit(end);
      if (end.misunderstood) code = exitCodes.usage;
      else if (end.exit !== 0 && code === exitCodes.success) code = exitCodes.refused;
      await betweenLines();
    },
  });
  const end = await unlessItStandsStill(running, clock, giveUp);
  report.onEnd(end);
  shell.close();
  await close();
  if (end.kind === 'not-a-script') return exitCodes.usage;
  return end.kind === 'stopped' && code === exitCodes.success ? exitCodes.refused : code;
}

interface ExecReport {
  onOutput(output: ShellOutput): void;
  onUnit(end: UnitEnd): void;
  onEnd(end: RunEnd): void;
}

/** One object for each line; a line that goes over several, as a loop does, is one. */
function jsonReport(io: CommandLineIo, sent: SentCommand[]): ExecReport {
  let outputs: ShellOutput[] = [];
  const print = (value: object) => io.out(`${JSON.stringify(value)}\n`);
  return {
    onOutput: (output) => outputs.push(output),
    onUnit: ({ unit, exit }) => {
      const gathered = gatherOutputs(outputs);
      outputs = [];
      print({
        line: unit.text,
        number: unit.line,
        ...outputJson({ ...gathered, exit }),
        commands: sent.splice(0),
      });
    },
    onEnd: (end) => {
      const problem = endProblem(end);
      if (problem === null) return;
      const { line, exit, stderr } = problem;
      print({ line: '', number: line, exit, stdout: '', stderr: `${stderr}\n`, commands: [] });
    },
  };
}

/** What was printed, as it was; messages begin with where they come from. */
function textReport(io: CommandLineIo, { file }: ExecRequest): ExecReport {
  const script = file === '-' ? '' : `${path.basename(file)}: `;
  const say = (line: number, text: string) =>
    io.err(line === 0 ? text : `${script}line ${line}: ${text.replace(/^sh: /gm, '')}`);
  return {
    onOutput: ({ stream, line, bytes, binary }) => {
      if (stream === 'stderr') say(line, new TextDecoder().decode(bytes));
      else io.out(binary ? bytes : new TextDecoder().decode(bytes));
    },
    onUnit: () => undefined,
    onEnd: (end) => {
      const problem = endProblem(end);
      if (problem !== null) say(problem.line, `${problem.stderr}\n`);
    },
  };
}

/** Why a script was not run to its end; null where it was, or ended itself. */
function endProblem(
  end: RunEnd,
): { readonly line: number; readonly exit: number; readonly stderr: string } | null {
  switch (end.kind) {
    case 'done':
    case 'exited':
      return null;
    case 'stopped':
      return { line: end.line, exit: 1, stderr: `sh: stopped, because ${end.reason}` };
    case 'not-a-script':
      return { line: end.line, exit: 2, stderr: `sh: ${end.message}\nNothing of the script has run` };
  }
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
  read: (name) => readFileBytes(name, { largest: largestData, what: 'data for a command' }),
  write: (name, bytes) => writeWholeFile(name, bytes, 'The data'),
};

async function openHost(request: ExecRequest, trace: QueueTracer): Promise<Result<OpenedHost>> {
  const file = await openFleetFile(request.source, request.snapshot);
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
