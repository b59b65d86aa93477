/** Effects that the composition root hands to the backend; tests hand in fakes. */

/** Wall and monotonic time. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Monotonic microseconds, for latencies and downtimes. */
  microseconds(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** Uniform random numbers in [0, 1). */
export interface Random {
  next(): number;
}

export interface Log {
  debug(message: string, details?: unknown): void;
  info(message: string, details?: unknown): void;
  warn(message: string, details?: unknown): void;
  error(message: string, details?: unknown): void;
}
