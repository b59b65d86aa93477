import type { CommandLineIo, ExitCode } from '../command-line-io.ts';
import { runBerth } from '../run-berth.ts';

/** What `berth` answered. */
export interface CommandLineAnswer {
  readonly code: ExitCode;
  /** Bytes that are no text are one character each. */
  readonly out: string;
  readonly err: string;
}

/** Runs `berth` in this process, on a text as its standard input; `terminal`: who types and looks, where it asks and shows. */
export async function runCommandLine(
  args: readonly string[],
  stdin = '',
  terminal: Pick<CommandLineIo, 'openTerminal' | 'progress' | 'isTerminal'> = {},
): Promise<CommandLineAnswer> {
  let [out, err] = ['', ''];
  const code = await runBerth(args, {
    out: (text) => {
      out += textOf(text);
    },
    err: (text) => {
      err += text;
    },
    ...standing(stdin),
    ...terminal,
  });
  return { code, out, err };
}

/** What `berth` prints on a terminal: standard output and standard error in the order in which they come. */
export async function printedByCommandLine(args: readonly string[], stdin = ''): Promise<string> {
  let printed = '';
  const print = (text: string | Uint8Array) => {
    printed += textOf(text);
  };
  await runBerth(args, { out: print, err: print, ...standing(stdin) });
  return printed;
}

function standing(stdin: string): Pick<CommandLineIo, 'readStdin' | 'version'> {
  return { readStdin: async () => stdin, version: async () => '1.2.3' };
}

function textOf(given: string | Uint8Array): string {
  return typeof given === 'string' ? given : Buffer.from(given).toString('latin1');
}
