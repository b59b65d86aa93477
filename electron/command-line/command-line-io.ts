import type { LineTerminal, TerminalOptions } from '#backend/terminal/line-editor.ts';

/** What the command line needs from the process; tests hand in their own. */
export interface CommandLineIo {
  out(text: string | Uint8Array): void;
  err(text: string): void;
  /** Shows a line on standard error in place of the one before; empty: takes it away. Absent where nobody sees it. */
  progress?(text: string): void;
  /** All of standard input. */
  readStdin(): Promise<string>;
  /** Asks for one line after the other; absent where nobody could answer. */
  openTerminal?(options: TerminalOptions): LineTerminal;
  /** Version of Berth. */
  version(): Promise<string>;
}

/** Exit codes of `berth`. */
export const exitCodes = { success: 0, refused: 1, usage: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
