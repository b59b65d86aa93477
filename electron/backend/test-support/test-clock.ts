import type { Clock, Log, Random } from '../ports.ts';

/** A clock that only moves when somebody sleeps or reads microseconds; sleeping takes no real time. */
export function createTestClock(start = Date.UTC(2026, 10, 23)): Clock {
  let microseconds = 0;
  return {
    now: () => start + Math.floor(microseconds / 1000),
    microseconds: () => {
      microseconds += 1;
      return microseconds;
    },
    sleep: async (milliseconds) => {
      microseconds += milliseconds * 1000;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** Mulberry32: the same numbers from the same seed. */
export function createTestRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}

/** Collects what is logged, so that a test can say that nothing went wrong. */
export function createTestLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const line =
    (level: string) =>
    (message: string, details?: unknown): void => {
      lines.push(`${level} ${message} ${details instanceof Error ? details.stack : JSON.stringify(details)}`);
    };
  return { lines, debug: () => undefined, info: () => undefined, warn: line('warn'), error: line('error') };
}
