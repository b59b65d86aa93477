import { completeLine } from '#backend/console/host-shell/complete-line.ts';
import { openShell } from '#backend/console/host-shell/open-shell.ts';
import { refusalText } from '#backend/console/refusal-text.ts';
import { InteractiveShell, interactiveBounds } from '#backend/terminal/interact.ts';
import { type CommandLineIo, type ExitCode, exitCodes } from '../command-line-io.ts';
import { type HostRequest, openHost, unlessItStandsStill } from '../exec/open-host.ts';
import { refuse } from '../print-error.ts';

export interface ShellRequest extends HostRequest {
  /** Only what the real tools print, without causes and fixes. */
  readonly plain: boolean;
}

/** `berth shell SOURCE`: a shell on a simulated host, for somebody who types. 1 when the last line failed. */
export async function runShell(request: ShellRequest, io: CommandLineIo): Promise<ExitCode> {
  const { openTerminal } = io;
  if (openTerminal === undefined) {
    io.err('berth: there is no terminal to ask\n');
    return exitCodes.usage;
  }
  const opened = await openHost(request, io, (queue) => queue);
  if (!opened.ok) return refuse(io, opened.error);
  const { host, nvme, clock, giveUp, close } = opened.value;
  const shell = await openShell(host, { bounds: interactiveBounds, nvme });
  const described = await host.connection.describe();
  const name = described.ok ? described.value.name : 'host';
  const terminal = openTerminal({
    complete: (line) => completeLine(shell, line),
    onInterrupt: () => {
      interactive.interrupt();
      giveUp();
    },
  });
  const interactive = new InteractiveShell(shell, {
    terminal,
    prompt: (folder) => `${name}:${folder}# `,
    onOutput: ({ stream, bytes, binary, refusals }) => {
      const text = binary ? '' : new TextDecoder().decode(bytes);
      if (stream === 'stderr') io.err(`${text}${request.plain ? '' : refusalText(refusals, text)}`);
      else io.out(binary ? bytes : text);
    },
    say: (message) => io.err(`${message}\n`),
    around: async (run) => {
      const end = await unlessItStandsStill(run(), clock, giveUp);
      if (end.kind !== 'exited' && clock.mode === 'as-fast-as-possible') await clock.advance(1000);
      return end;
    },
  });
  const status = await interactive.run();
  terminal.close();
  shell.close();
  await close();
  return status === 0 ? exitCodes.success : exitCodes.refused;
}
