import type { Refusal } from '../hosts/refusal.ts';

/** What a command printed and how it ended. */
export interface CommandOutput {
  readonly exit: number;
  /** Text in UTF-8, or the bytes of a structure. */
  readonly stdout: Uint8Array;
  /** `stdout` is a structure as it is, asked for as such; otherwise it is text. */
  readonly binary?: true;
  readonly stderr: string;
  /** Why it was refused in this fleet, and what helps; no tool prints it. */
  readonly refusals?: readonly Refusal[];
  /** The line was not understood, so nothing was done; otherwise a refusal came from the device or the kernel. */
  readonly misunderstood?: true;
}

export function printed(stdout: string | Uint8Array, stderr = ''): CommandOutput {
  if (typeof stdout !== 'string') return { exit: 0, stdout, stderr, binary: true };
  return { exit: 0, stdout: new TextEncoder().encode(stdout), stderr };
}

/** A refusal: nvme-cli and the shell end with 1. `refusal` says why, where it is known. */
export function refused(stderr: string, exit = 1, stdout = '', refusal?: Refusal): CommandOutput {
  return {
    exit,
    ...(refusal === undefined ? {} : { refusals: [refusal] }),
    stdout: new TextEncoder().encode(stdout),
    stderr: stderr.endsWith('\n') ? stderr : `${stderr}\n`,
  };
}

/** A refusal whose words say why; what helps is Berth's. */
export function refusedWithFix(words: string, fix: string, exit = 1): CommandOutput {
  return refused(words, exit, '', { cause: words, fix, lines: [] });
}

/** Outputs of commands that ran one after the other; the last one's exit counts, as in a shell. */
export function joined(outputs: readonly CommandOutput[]): CommandOutput {
  const length = outputs.reduce((sum, output) => sum + output.stdout.length, 0);
  const stdout = new Uint8Array(length);
  let at = 0;
  for (const output of outputs) {
    stdout.set(output.stdout, at);
    at += output.stdout.length;
  }
  const refusals = outputs.flatMap((output) => output.refusals ?? []);
  return {
    exit: outputs.at(-1)?.exit ?? 0,
    stdout,
    stderr: outputs.map((output) => output.stderr).join(''),
    ...(refusals.length > 0 ? { refusals } : {}),
    ...(outputs.some(({ binary }) => binary) ? { binary: true } : {}),
  };
}
