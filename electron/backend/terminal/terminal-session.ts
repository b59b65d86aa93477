import type { NvmeCliRelease } from '#shared/nvme/nvme-cli/nvme-release.ts';
import { visibleText } from '#shared/visible-text.ts';
import type { ConsoleHost } from '../console/console-host.ts';
import { completeLine } from '../console/host-shell/complete-line.ts';
import { openShell } from '../console/host-shell/open-shell.ts';
import type { RunEnd } from '../console/host-shell/shell-run.ts';
import { refusalText } from '../console/refusal-text.ts';
import { giveWay } from '../event-loop.ts';
import { InteractiveShell, interactiveBounds } from './interact.ts';
import { openTerminal } from './line-editor.ts';
import { TerminalOutput, TypedInput } from './terminal-streams.ts';

/** Characters typed ahead while a line runs. */
const mostTypedAhead = 256 * 1024;

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Where a terminal of the window is, and what surrounds its lines. */
export interface SessionWorld {
  readonly host: ConsoleHost;
  /** Stands in the prompt. */
  readonly hostName: string;
  /** Stands in it as well: `copy`; left out: nothing does. */
  readonly note?: string;
  /** The release of nvme-cli that `nvme` is; left out: the usual one. */
  readonly nvme?: NvmeCliRelease;
  readonly size: TerminalSize;
  readonly send: (data: string) => void;
  /** Gives up what the host has been asked for and has not answered. */
  readonly giveUp: () => void;
  /** Runs a line by `run`, with what belongs before and behind it. */
  readonly around: (run: () => Promise<RunEnd>, line: string) => Promise<RunEnd>;
}

/** A shell with a line editor, whose keys come from the page and whose output goes there. */
export interface TerminalSession {
  /** Takes what was typed; false when too much is typed ahead. */
  type(data: string): boolean;
  shown(characters: number): void;
  resize(size: TerminalSize): void;
  /** Resolves when the shell is over, by `exit`, Ctrl-D or `close`. */
  readonly ended: Promise<void>;
  /** Stops what runs and ends the shell. */
  close(): void;
}

export async function openSession(world: SessionWorld): Promise<TerminalSession> {
  const { host, nvme, note, size, send, giveUp } = world;
  const shell = await openShell(host, { bounds: interactiveBounds, ...(nvme === undefined ? {} : { nvme }) });
  const input = new TypedInput();
  const output = new TerminalOutput(size, send);
  let typedAhead = 0;
  const editor = openTerminal(input, output, {
    complete: (line) => completeLine(shell, line),
    // Otherwise Berth itself would be suspended.
    onSuspend: () => undefined,
    onInterrupt: () => {
      output.write('^C\n');
      // What the host answers to that still belongs to this line.
      giveUp();
      void giveWay().then(() => interactive.interrupt());
    },
  });
  const name = visibleText(world.hostName);
  const place = note === undefined ? '' : ` \x1b[33m(${note})\x1b[39m`;
  const interactive = new InteractiveShell(shell, {
    terminal: {
      ask: (prompt) => {
        typedAhead = 0;
        return editor.ask(prompt);
      },
    },
    prompt: (folder) => `\x1b[32mroot@${name}\x1b[39m${place} \x1b[36m${visibleText(folder)}\x1b[39m # `,
    onOutput: ({ stream, bytes, binary, refusals }) => {
      if (binary)
        output.write(`[${bytes.length} bytes that are not text; send them through xxd to see them]\n`);
      else {
        const text = new TextDecoder().decode(bytes);
        output.write(stream === 'stderr' ? `\x1b[31m${text}\x1b[39m${refusalText(refusals, text)}` : text);
      }
    },
    onLine: () => output.whenTaken() ?? undefined,
    say: (message) => output.write(`\x1b[31m${message}\x1b[39m\n`),
    around: world.around,
  });
  const ended = interactive.run().then(() => {
    editor.close();
    shell.close();
    output.destroy();
  });
  return {
    type(data) {
      // Ctrl-C must always come through.
      if (typedAhead + data.length > mostTypedAhead && data !== '\x03') return false;
      typedAhead += data.length;
      input.write(data);
      return true;
    },
    shown: (characters) => output.shown(characters),
    resize: ({ columns, rows }) => output.resize(columns, rows),
    ended,
    close() {
      output.destroy();
      interactive.interrupt();
      editor.close();
    },
  };
}
