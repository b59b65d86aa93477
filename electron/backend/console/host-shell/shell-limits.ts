import type { BashOptions } from 'just-bash/browser';

/** What ends a script that would not end by itself, or would fill the memory. */
export interface ShellBounds {
  /** Rounds of one loop. */
  readonly loopRounds: number;
  /** Bytes that one session prints. */
  readonly outputBytes: number;
  /** Sleeps one after the other with nothing done to the host in between. */
  readonly sleeps: number;
  /** Milliseconds of a session on the machine's clock; simulated time is not counted. */
  readonly milliseconds: number;
}

export const scriptBounds: ShellBounds = {
  loopRounds: 100_000,
  outputBytes: 64 * 1024 * 1024,
  sleeps: 2000,
  milliseconds: 10 * 60_000,
};

export function executionLimits(bounds: ShellBounds): NonNullable<BashOptions['executionLimits']> {
  return {
    maxSourceBytes: 16 * 1024 * 1024,
    maxLoopIterations: bounds.loopRounds,
    maxCommandCount: 20 * bounds.loopRounds,
    maxCallDepth: 200,
    maxStringLength: 16 * 1024 * 1024,
    maxOutputSize: bounds.outputBytes,
    maxWorkUnits: 200 * bounds.loopRounds,
    maxExecutionTimeMs: bounds.milliseconds,
  };
}

const reasons: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [/too many iterations \((\d+)\)/, (match) => `a loop has run ${match[1]} times`],
  [/too many commands executed \(>(\d+)\)/, (match) => `more than ${match[1]} commands have run`],
  [
    /(?:recursion|call) depth[^(]*\(?(\d*)/,
    (match) => `functions call each other more than ${match[1]} times deep`,
  ],
  [/output (?:size|limit)/i, () => 'it has printed more than it may'],
  [/execution (?:time|deadline)/i, () => 'it has run for longer than it may'],
];

/** Why the library stopped a script, from what it says; null where it says something else. */
export function limitReason(stderr: string): string | null {
  for (const [pattern, words] of reasons) {
    const match = pattern.exec(stderr);
    if (match !== null) return words(match);
  }
  return /executionLimits|limit exceeded/.test(stderr) ? stderr.trim().replace(/^bash: /, '') : null;
}
