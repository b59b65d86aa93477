import type { CommandOutput } from '#backend/console/command-output.ts';

/** An output for JSON. Bytes that are not text are given in base64, told by `encoding`. */
export function outputJson(output: CommandOutput): {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly encoding?: 'base64';
} {
  const { exit, stderr } = output;
  try {
    const stdout = new TextDecoder('utf-8', { fatal: true }).decode(output.stdout);
    if (!stdout.includes('\0')) return { exit, stdout, stderr };
  } catch {
    // Not text: told below.
  }
  return { exit, stdout: Buffer.from(output.stdout).toString('base64'), stderr, encoding: 'base64' };
}
