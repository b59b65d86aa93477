import type { IFileSystem } from 'just-bash/browser';
import type { CommandOutput } from '../command-output.ts';
import type { ConsoleHost } from '../console-host.ts';

/** One call of a program of the simulated host. */
export interface ProgramCall {
  readonly host: ConsoleHost;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly files: IFileSystem;
  /** Standard input, one character a byte. */
  readonly stdin: () => string;
  /** Seconds that `timeout` gives it; null without one. */
  readonly timeoutSeconds: number | null;
  /** Runs another command in an environment of its own, with the same standard input. */
  run(words: readonly string[], timeoutSeconds?: number): Promise<CommandOutput>;
  /** Before something that changes the host or asks its devices: time passes between two lines of a script. */
  beforeEffect(): Promise<void>;
}

export type HostProgram = (call: ProgramCall) => CommandOutput | Promise<CommandOutput>;
