import { completeLine } from '#backend/console/host-shell/complete-line.ts';
import { openShell } from '#backend/console/host-shell/open-shell.ts';
import type { Shell } from '#backend/console/host-shell/shell.ts';
import { type CommandLineIo, type ExitCode, exitCodes } from '../command-line-io.ts';
import { type HostRequest, openHost, unlessItStandsStill } from '../exec/open-host.ts';
import { refuse } from '../print-error.ts';

/** Bytes that one session may print: it is not kept. */
const mostOutput = 4 * 1024 * 1024 * 1024;

/** `berth shell SOURCE`: a shell on a simulated host, for somebody who types. 1 when the last line failed. */
export async function runShell(request: HostRequest, io: CommandLineIo): Promise<ExitCode> {
  const { openTerminal } = io;
  if (openTerminal === undefined) {
    io.err('berth: there is no terminal to ask\n');
    return exitCodes.usage;
  }
  const opened = await openHost(request, (queue) => queue);
  if (!opened.ok) return refuse(io, opened.error);
  const { host, clock, giveUp, close } = opened.value;
  const bounds = { milliseconds: Number.POSITIVE_INFINITY, outputBytes: mostOutput };
  const shell = await openShell(host, { bounds });
  const described = await host.connection.describe();
  const name = described.ok ? described.value.name : 'host';
  let stop: AbortController | null = null;
  const terminal = openTerminal({
    complete: (line) => completeLine(shell, line),
    onInterrupt: () => {
      stop?.abort();
      giveUp();
    },
  });
  let exit: ExitCode = exitCodes.success;
  for (;;) {
    const text = await readText(shell, terminal, `${name}:${shortened(shell.directory)}# `);
    if (text === null) break;
    stop = new AbortController();
    const interrupted = stop.signal;
    const running = shell.run(
      text,
      {
        onOutput: ({ stream, bytes, binary }) => {
          if (stream === 'stderr') io.err(new TextDecoder().decode(bytes));
          else io.out(binary ? bytes : new TextDecoder().decode(bytes));
        },
        onUnit: (unit) => {
          exit = unit.exit === 0 ? exitCodes.success : exitCodes.refused;
        },
      },
      interrupted,
    );
    const end = await unlessItStandsStill(running, clock, giveUp);
    stop = null;
    if (end.kind === 'exited') {
      exit = end.exit === 0 ? exitCodes.success : exitCodes.refused;
      break;
    }
    if (end.kind === 'not-a-script') io.err(`sh: ${end.message}\n`);
    if (end.kind === 'stopped') {
      const why = interrupted.aborted ? 'interrupted' : `stopped, because ${end.reason}`;
      io.err(`sh: ${why}; variables and functions are kept, arrays and options are not\n`);
    }
    if (clock.mode === 'as-fast-as-possible') await clock.advance(1000);
  }
  terminal.close();
  shell.close();
  await close();
  return exit;
}

/** A command that may go over several lines; null at the end of the input. */
async function readText(
  shell: Shell,
  terminal: { ask(prompt: string): Promise<string | null> },
  prompt: string,
): Promise<string | null> {
  let text = await terminal.ask(prompt);
  while (text !== null && (await shell.isUnfinished(text))) {
    const more = await terminal.ask('> ');
    if (more === null) break;
    text = `${text}\n${more}`;
  }
  return text;
}

function shortened(folder: string): string {
  return folder === '/root' ? '~' : folder.replace(/^\/root\//, '~/');
}
