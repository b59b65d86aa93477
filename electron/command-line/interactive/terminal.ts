import { createInterface } from 'node:readline';
import type { LineTerminal, TerminalOptions } from '../command-line-io.ts';

/** Lines that can be called back with the arrow keys. */
const historySize = 1000;

/** The terminal of a process, with history and completion; where the input is a file or a pipe, its lines. */
export function openTerminal(
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  { complete, onInterrupt }: TerminalOptions,
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
  reader.on('SIGINT', () => {
    if (asked === null) onInterrupt();
    else {
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
    close: () => reader.close(),
  };
}

/** A word that is complete goes on with a blank; a folder does not. */
function withBlank(word: string): string {
  return word.endsWith('/') ? word : `${word} `;
}
