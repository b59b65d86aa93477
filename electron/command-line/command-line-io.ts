/** What the command line needs from the process; tests hand in their own. */
export interface CommandLineIo {
  out(text: string | Uint8Array): void;
  err(text: string): void;
  /** All of standard input. */
  readStdin(): Promise<string>;
  /** Asks for one line after the other; absent where nobody could answer. */
  openTerminal?(options: TerminalOptions): LineTerminal;
  /** Version of Berth. */
  version(): Promise<string>;
}

export interface TerminalOptions {
  /** What the end of a line could become. */
  readonly complete: (line: string) => Promise<{
    readonly words: readonly string[];
    /** The part of the line that they replace. */
    readonly fragment: string;
  }>;
  /** Ctrl-C while nothing is asked. */
  readonly onInterrupt: () => void;
}

export interface LineTerminal {
  /** The next line; null at the end of the input. */
  ask(prompt: string): Promise<string | null>;
  close(): void;
}

/** Exit codes of `berth`. */
export const exitCodes = { success: 0, refused: 1, usage: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
