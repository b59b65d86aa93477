import { spawn } from 'node:child_process';
import { openCapture } from '#backend/hosts/capture/capture.ts';
import { countWords } from '#shared/count-words.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { type CommandLineIo, type ExitCode, exitCodes } from '../command-line-io.ts';
import { refuse } from '../print-error.ts';
import script from './berth-record.sh?raw';

/** What `berth record` was asked for; the recorder itself knows what is allowed. */
export interface RecordRequest {
  /** Only print the recorder. */
  readonly script: boolean;
  readonly output: string | undefined;
  readonly anonymize: boolean;
  /** Seconds of each command. */
  readonly timeout: string | undefined;
}

/** Where the recorder runs; tests have hosts of their own. */
export interface RecordingHost {
  readonly platform: string;
  readonly shell: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const thisHost: RecordingHost = { platform: process.platform, shell: '/bin/sh', env: process.env };

/** Characters of what the recorder prints that are handed on: many times what a host with thousands of functions takes. */
const longestOutput = 4 * 1024 * 1024;

/** `berth record`: runs the recorder, which is one shell script, on this host, and opens what it recorded. */
export async function runRecord(
  request: RecordRequest,
  io: CommandLineIo,
  host: RecordingHost = thisHost,
): Promise<ExitCode> {
  if (request.script) {
    io.out(new TextEncoder().encode(script));
    return exitCodes.success;
  }
  if (host.platform !== 'linux')
    return refuse(io, {
      code: 'not-supported',
      message: `Only a Linux host can be recorded; this is ${host.platform}`,
      fix: 'Write the recorder to a file (berth record --script > berth-record.sh), and run it on the host',
    });
  const args = [
    ...(request.output === undefined ? [] : ['--output', request.output]),
    ...(request.anonymize ? ['--anonymize'] : []),
    ...(request.timeout === undefined ? [] : ['--timeout', request.timeout]),
  ];
  const ended = await runRecorder(args, io, host);
  if (!ended.ok) return refuse(io, ended.error);
  const { exit, place } = ended.value;
  if (exit === 2) return exitCodes.usage;
  if (exit !== 0) return exitCodes.refused;
  const capture = await openCapture(place);
  if (!capture.ok) return refuse(io, capture.error);
  const { controllers, problems } = capture.value;
  io.err(
    `berth: ${place} opens with ${countWords(controllers.length, 'controller')}; ${countWords(problems.length, 'part')} could not be recorded or read\n`,
  );
  io.out(`${place}\n`);
  return exitCodes.success;
}

/** The recorder from its start to its end; its progress goes on as it comes. `place`: what it says it made. */
function runRecorder(
  args: readonly string[],
  io: CommandLineIo,
  host: RecordingHost,
): Promise<Result<{ readonly exit: number; readonly place: string }>> {
  return new Promise((resolve) => {
    const child = spawn(host.shell, ['-c', script, 'berth-record.sh', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: host.env,
    });
    // It cleans up before it ends, and this waits for it.
    const stop = (signal: NodeJS.Signals) => void child.kill(signal);
    process.on('SIGINT', stop).on('SIGTERM', stop);
    let printed = '';
    let handedOn = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (printed.length < longestOutput) printed += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      handedOn += text.length;
      if (handedOn < longestOutput) io.err(text);
    });
    const end = (result: Result<{ readonly exit: number; readonly place: string }>) => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve(result);
    };
    child.on('error', (cause) => {
      end(
        fail('unreadable', `The recorder could not be started: ${cause.message}`, {
          object: host.shell,
          fix: 'Write it to a file (berth record --script > berth-record.sh), and run that with sh',
        }),
      );
    });
    child.on('close', (code) => end(succeed({ exit: code ?? 1, place: printed.trimEnd() })));
  });
}
