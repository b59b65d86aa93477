import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export interface TerminalOptions {
  /** What the end of a line could become. */
  readonly complete: (line: string) => Promise<{
    readonly words: readonly string[];
    /** The part of the line that they replace. */
    readonly fragment: string;
  }>;
  /** Ctrl-C while nothing is asked. */
  readonly onInterrupt: () => void;
  /** Ctrl-Z; left out: the process is suspended, as a shell's own would be. */
  readonly onSuspend?: () => void;
}

export interface LineTerminal {
  /** The next line; null at the end of the input. */
  ask(prompt: string): Promise<string | null>;
  close(): void;
}

/** Lines that can be called back with the arrow keys. */
const historySize = 1000;

/** A terminal, of a process or of the window, with history and completion; where the input is a file or a pipe, its lines. */
export function openTerminal(
  input: Readable & { readonly isTTY?: boolean },
  output: Writable & { readonly isTTY?: boolean },
  { complete, onInterrupt, onSuspend }: TerminalOptions,
): LineTerminal {
  const terminal = input.isTTY === true && output.isTTY === true;
  const reader = createInterface({
    input,
    output,
    terminal,
    historySize,
    removeHistoryDuplicates: true,
    completer: (line: string, done: (error: Error | null, found: [string[], string]) => void) => {
      complete(line).then(
        ({ words, fragment }) => done(null, [words.map((word) => withBlank(word)), fragment]),
        () => done(null, [[], '']),
      );
    },
  });
  // All lines of a pipe come before they are asked for.
  const waiting: string[] = [];
  let asked: ((line: string | null) => void) | null = null;
  let ended = false;
  const answer = (line: string | null) => {
    const resolve = asked;
    asked = null;
    resolve?.(line);
  };
  reader.on('line', (line) => (asked === null ? waiting.push(line) : answer(line)));
  reader.on('close', () => {
    ended = true;
    answer(null);
  });
  if (onSuspend !== undefined) reader.on('SIGTSTP', onSuspend);
  reader.on('SIGINT', () => {
    if (asked === null) {
      // As a terminal does: what was typed ahead is dropped.
      waiting.length = 0;
      onInterrupt();
    } else {
      output.write('^C\n');
      // The line is given up, and what was begun with it.
      reader.write(null, { ctrl: true, name: 'e' });
      reader.write(null, { ctrl: true, name: 'u' });
      reader.prompt();
    }
  });
  return {
    ask: (prompt) =>
      new Promise((resolve) => {
        const next = waiting.shift();
        if (next !== undefined) return resolve(next);
        if (ended) return resolve(null);
        asked = resolve;
        if (!terminal) return;
        reader.setPrompt(prompt);
        reader.prompt();
      }),
    close: () => {
      waiting.length = 0;
      reader.close();
    },
  };
}

/** A word that is complete goes on with a blank; a folder does not. */
function withBlank(word: string): string {
  return word.endsWith('/') ? word : `${word} `;
}
