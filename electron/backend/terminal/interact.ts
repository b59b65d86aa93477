import type { Shell } from '../console/host-shell/shell.ts';
import type { ShellBounds } from '../console/host-shell/shell-limits.ts';
import type { RunEnd, RunListener } from '../console/host-shell/shell-run.ts';
import type { LineTerminal } from './line-editor.ts';

/** Of a shell that somebody types in: it runs for as long as it is looked at, and what it prints is not kept. */
export const interactiveBounds: Partial<ShellBounds> = {
  milliseconds: Number.POSITIVE_INFINITY,
  outputBytes: 4 * 1024 * 1024 * 1024,
};

/** Who types, and what is done around each text. */
export interface Typist {
  readonly terminal: Pick<LineTerminal, 'ask'>;
  /** `folder`: where the shell is, `~` for the home folder. */
  readonly prompt: (folder: string) => string;
  readonly onOutput: RunListener['onOutput'];
  readonly onLine?: RunListener['onLine'];
  /** A message of the shell itself, one line. */
  readonly say: (message: string) => void;
  /** Runs a text by `run`, with what belongs before and behind it. */
  readonly around?: (run: () => Promise<RunEnd>, text: string) => Promise<RunEnd>;
}

/** A shell for somebody who types: asks for texts and runs them, one after the other. */
export class InteractiveShell {
  readonly #shell: Shell;
  readonly #typist: Typist;
  #stop: AbortController | null = null;

  constructor(shell: Shell, typist: Typist) {
    this.#shell = shell;
    this.#typist = typist;
  }

  /** Stops the text that runs, as Ctrl-C does. */
  interrupt(): void {
    this.#stop?.abort();
  }

  /** Resolves with the status of the last command when somebody types `exit` or the input ends. */
  async run(): Promise<number> {
    const { say, around = (run) => run() } = this.#typist;
    let exit = 0;
    for (;;) {
      const text = await this.#read();
      if (text === null) return exit;
      const stop = this.#stop ?? new AbortController();
      const listener = this.#listener((status) => {
        exit = status;
      });
      const end = await around(() => this.#shell.run(text, listener, stop.signal), text);
      this.#stop = null;
      switch (end.kind) {
        case 'exited':
          return end.exit;
        case 'not-a-script':
          say(`sh: ${end.message}`);
          break;
        case 'stopped': {
          const why = stop.signal.aborted ? 'interrupted' : `stopped, because ${end.reason}`;
          say(`sh: ${why}; variables and functions are kept, arrays and options are not`);
          break;
        }
        case 'done':
          break;
      }
    }
  }

  #listener(noteStatus: (exit: number) => void): RunListener {
    const { onOutput, onLine } = this.#typist;
    return { onOutput, ...(onLine === undefined ? {} : { onLine }), onUnit: ({ exit }) => noteStatus(exit) };
  }

  /** A command that may go over several lines; null at the end of the input. */
  async #read(): Promise<string | null> {
    const { terminal, prompt } = this.#typist;
    let text = await terminal.ask(prompt(shortened(this.#shell.directory)));
    // From here on Ctrl-C is meant for this text, also before its first command runs.
    this.#stop = new AbortController();
    while (text !== null && (await this.#shell.isUnfinished(text))) {
      const more = await terminal.ask('> ');
      if (more === null) break;
      text = `${text}\n${more}`;
    }
    return text;
  }
}

function shortened(folder: string): string {
  return folder === '/root' ? '~' : folder.replace(/^\/root\//, '~/');
}
