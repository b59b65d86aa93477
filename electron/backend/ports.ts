/** Effects that the composition root hands to the backend; tests hand in fakes. */

export interface SleepOptions {
  /** Ends the wait early; it then resolves like any other. */
  readonly signal?: AbortSignal;
  /** What waits, for people: `memory of db-primary over the link of hv-a`. */
  readonly what?: string;
}

/** Wall and monotonic time, of the machine or of a simulated fleet. */
export interface Clock {
  /** Milliseconds since the Unix epoch; of a simulated clock: since its fleet began. */
  now(): number;
  /** Monotonic microseconds, for latencies and downtimes. */
  microseconds(): number;
  sleep(milliseconds: number, options?: SleepOptions): Promise<void>;
  /** True for the clock of a simulated fleet, whose times must be shown as such. */
  readonly simulated?: boolean;
  /** Something becomes due by then although nobody sleeps until it. Only simulated clocks care. */
  announce?(milliseconds: number, what: string): void;
  /**
   * Whoever is about to change something asks whether time passes. null: it does. Otherwise it stands still, and the
   * promise resolves when a step or the end of the pause lets this go on, or `signal` gives it up.
   */
  turn?(what: string, signal?: AbortSignal): Promise<void> | null;
  /**
   * Lets what waits go on as fast as possible until the answer is called, also while time stands still. Only for a
   * program that closes.
   */
  hurry?(): () => void;
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
