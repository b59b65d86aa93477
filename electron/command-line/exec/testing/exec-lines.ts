import type { ExitCode } from '../../command-line-io.ts';
import { runCommandLine } from '../../testing/run-command-line.ts';
import type { SentCommand } from '../sent-commands.ts';

/** What a line answered, as `berth exec --json` prints it. */
export interface AnsweredLine {
  readonly line: string;
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Of `stdout`, where it is no text. */
  readonly encoding?: string;
  readonly refusals?: readonly {
    readonly line: number;
    readonly cause: string;
    readonly fix: string;
    readonly lines: readonly string[];
  }[];
  readonly commands: readonly SentCommand[];
}

/** Runs lines as `berth exec SOURCE --json` does; throws where it answers none. */
export async function execLines(
  source: string,
  lines: readonly string[],
  ...options: readonly string[]
): Promise<{ readonly code: ExitCode; readonly lines: readonly AnsweredLine[] }> {
  const { code, out, err } = await runCommandLine(['exec', source, '--json', ...options], lines.join('\n'));
  if (out === '') throw new Error(err);
  const answered = out.trim().split('\n');
  return { code, lines: answered.map((line): AnsweredLine => JSON.parse(line)) };
}
