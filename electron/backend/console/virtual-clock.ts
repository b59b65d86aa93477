import type { Clock } from '../ports.ts';

/** Time that passes only when somebody waits: a script of console lines runs at once, and always the same way. */
export interface VirtualClock extends Clock {
  advance(milliseconds: number): void;
}

/** Starts at a wall time in milliseconds since the Unix epoch. */
export function createVirtualClock(startedAt: number): VirtualClock {
  let passed = 0;
  const advance = (milliseconds: number) => {
    passed += Math.max(0, milliseconds);
  };
  return {
    now: () => startedAt + passed,
    microseconds: () => passed * 1000,
    sleep: async (milliseconds) => advance(milliseconds),
    advance,
  };
}
