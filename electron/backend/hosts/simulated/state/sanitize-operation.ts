import type { FileSanitize } from '#shared/fleet-file/controller/health-schema.ts';

const microsecondsPerSecond = 1_000_000;

/** How long each kind takes here, in seconds of the simulated clock. Overwriting takes that long for every pass. */
export const sanitizeSeconds = { blockErase: 10, overwrite: 20, cryptoErase: 2 } as const;

export type SanitizeKind = keyof typeof sanitizeSeconds;

/**
 * The sanitize operation of an NVM subsystem: it takes simulated time, goes on over every reset, and is looked at
 * whenever a controller of the NVM subsystem gets a command.
 */
export interface SanitizeOperation {
  readonly kind: SanitizeKind;
  /** Overwrite passes; 1 for the other kinds. */
  readonly passes: number;
  /** CDW10 of the command that started it. */
  readonly cdw10: number;
  /** Microseconds of the simulated clock. */
  readonly startedAt: number;
  completed: boolean;
  /** User data that hosts had written when it completed, in bytes. */
  writtenBefore: number;
}

/** Continues what a fleet file says, at a time of the simulated clock in microseconds. */
export function sanitizeFromFile(
  { elapsedMicroseconds, ...operation }: FileSanitize,
  now: number,
): SanitizeOperation {
  return { ...operation, startedAt: now - elapsedMicroseconds };
}

export function sanitizeToFile({ startedAt, ...operation }: SanitizeOperation, now: number): FileSanitize {
  return { ...operation, elapsedMicroseconds: Math.round(now - startedAt) };
}

export function isOver(operation: SanitizeOperation, now: number): boolean {
  return now - operation.startedAt >= duration(operation);
}

/** Progress in 65536ths, as SPROG tells it. */
export function progress(operation: SanitizeOperation, now: number): number {
  const done = (now - operation.startedAt) / duration(operation);
  return Math.min(0xfffe, Math.max(0, Math.floor(done * 0x1_0000)));
}

/** Whole seconds of the simulated clock until it is over, at least 1 while it runs. */
export function secondsLeft(operation: SanitizeOperation, now: number): number {
  const left = duration(operation) - (now - operation.startedAt);
  return Math.max(1, Math.ceil(left / microsecondsPerSecond));
}

/** Overwrite passes that are done. */
export function completedPasses(operation: SanitizeOperation, now: number): number {
  if (operation.kind !== 'overwrite') return 0;
  if (operation.completed) return operation.passes;
  return Math.floor((now - operation.startedAt) / (sanitizeSeconds.overwrite * microsecondsPerSecond));
}

function duration({ kind, passes }: SanitizeOperation): number {
  return sanitizeSeconds[kind] * passes * microsecondsPerSecond;
}
