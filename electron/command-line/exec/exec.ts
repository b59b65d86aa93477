import path from 'node:path';
import { openShell } from '#backend/console/host-shell/open-shell.ts';
import { gatherOutputs } from '#backend/console/host-shell/run-line.ts';
import type { ShellOutput } from '#backend/console/host-shell/shell-outputs.ts';
import type { RunEnd, UnitEnd } from '#backend/console/host-shell/shell-run.ts';
import { refusalText } from '#backend/console/refusal-text.ts';
import { readFileText } from '#backend/files/read-file.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { type CommandLineIo, type ExitCode, exitCodes } from '../command-line-io.ts';
import { refuse } from '../print-error.ts';
import { outputJson } from '../print-output.ts';
import { type HostRequest, openHost, unlessItStandsStill } from './open-host.ts';
import { recordCommands, type SentCommand } from './sent-commands.ts';

export interface ExecRequest extends HostRequest {
  /** `-` is standard input. */
  readonly file: string;
  /** A line instead of a file. */
  readonly line: string | undefined;
  readonly json: boolean;
  /** Only what the real tools print, without causes and fixes. */
  readonly plain: boolean;
}

/**
 * A second of simulated time passes between two lines, so that probes come to their end; unless `berth clock` chose
 * another mode than the one that scripts begin with.
 */
const betweenLinesMilliseconds = 1000;

/** Bytes of a script. */
const largestScript = 16 * 1024 * 1024;

/** `berth exec SOURCE`: 0 when all went well, 1 when a line was refused, 2 when a line made no sense. */
export async function runExec(request: ExecRequest, io: CommandLineIo): Promise<ExitCode> {
  const sent: SentCommand[] = [];
  const opened = await openHost(request, io, recordCommands(sent));
  if (!opened.ok) return refuse(io, opened.error);
  const script = await readScript(request, io);
  if (!script.ok) return refuse(io, script.error);
  const { host, nvme, clock, giveUp, close } = opened.value;
  const betweenLines = async () => {
    if (clock.mode === 'as-fast-as-possible') await clock.advance(betweenLinesMilliseconds);
  };
  const shell = await openShell(host, { betweenLines, nvme });
  const report = request.json ? jsonReport(io, sent, request.plain) : textReport(io, request);
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
function jsonReport(io: CommandLineIo, sent: SentCommand[], plain: boolean): ExecReport {
  let outputs: ShellOutput[] = [];
  const print = (value: object) => io.out(`${JSON.stringify(value)}\n`);
  return {
    onOutput: (output) => outputs.push(output),
    onUnit: ({ unit, exit, refusals }) => {
      const gathered = gatherOutputs(outputs);
      outputs = [];
      print({
        line: unit.text,
        number: unit.line,
        ...outputJson({ ...gathered, exit }),
        ...(plain || refusals.length === 0 ? {} : { refusals }),
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
function textReport(io: CommandLineIo, { file, line: only, plain }: ExecRequest): ExecReport {
  const script = file === '-' ? '' : `${path.basename(file)}: `;
  const say = (line: number, text: string) =>
    io.err(line === 0 || only !== undefined ? text : `${script}line ${line}: ${text.replace(/^sh: /gm, '')}`);
  return {
    onOutput: ({ stream, line, bytes, binary, refusals }) => {
      const text = binary ? '' : new TextDecoder().decode(bytes);
      if (stream === 'stdout') io.out(binary ? bytes : text);
      else if (text !== '') say(line, text);
      if (!plain && refusals.length > 0) io.err(refusalText(refusals, text));
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

async function readScript(request: ExecRequest, io: CommandLineIo): Promise<Result<string>> {
  if (request.line !== undefined) return succeed(request.line);
  if (request.file === '-') return succeed(await io.readStdin());
  const read = await readFileText(request.file, { largest: largestScript, what: 'a file with lines' });
  if (read.ok) return read;
  return fail(read.error.code, `The lines cannot be read: ${read.error.message}`, {
    object: request.file,
    field: '--file',
    fix: 'Give a text file, or - for standard input',
  });
}
