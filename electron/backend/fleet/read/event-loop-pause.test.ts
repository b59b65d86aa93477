import { describe, expect, it } from 'vitest';
import { createEventLoopPause } from './event-loop-pause.ts';

/** Who did what, of several workers that pause together. */
async function order(workers: number, steps: number): Promise<string[]> {
  const done: string[] = [];
  const pause = createEventLoopPause();
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      for (let step = 0; step < steps; step++) {
        done.push(`${worker}.${step}`);
        await pause();
      }
    }),
  );
  return done;
}

describe('giving way', () => {
  it('lets others have their turn many times during a long piece of work', async () => {
    let turns = 0;
    let working = true;
    const count = () => {
      turns++;
      if (working) setImmediate(count);
    };
    setImmediate(count);
    await order(8, 200);
    working = false;
    expect(turns).toBeGreaterThan(10);
  });

  it('keeps the order of the work the same, however long each turn takes', async () => {
    const first = await order(5, 100);
    const busy = setInterval(() => {
      const until = performance.now() + 3;
      while (performance.now() < until);
    }, 1);
    const second = await order(5, 100);
    clearInterval(busy);
    expect(second).toEqual(first);
  });
});
