import { expect, test } from 'vitest';
import type { Pieces } from '#shared/bounds/pieces.ts';
import { inTurns } from './in-turns.ts';

/** Pieces that each take so many milliseconds of the clock that `spend` moves. */
function* pieces(lengths: readonly number[], spend: (milliseconds: number) => void): Pieces<string> {
  for (const length of lengths) {
    spend(length);
    yield;
  }
  return 'done';
}

test('gives way after ten milliseconds of work, and not between short pieces', async () => {
  let time = 0;
  const turns: number[] = [];
  const options = {
    now: () => time,
    giveWay: async () => {
      turns.push(time);
      time += 1000;
    },
  };
  const spend = (milliseconds: number) => {
    time += milliseconds;
  };
  expect(await inTurns(pieces([3, 3, 3, 3, 3, 30, 9, 1], spend), options)).toBe('done');
  expect(turns).toEqual([12, 1045, 2055]);
});

test('timers run between two turns', async () => {
  let heard = 0;
  const timer = setInterval(() => {
    heard += 1;
  }, 1);
  const spin = (milliseconds: number) => {
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
  };
  await inTurns(pieces(new Array(5).fill(15), spin));
  clearInterval(timer);
  expect(heard).toBeGreaterThan(2);
});

test('what fails within fails for whoever waits', async () => {
  // biome-ignore lint/correctness/useYield: it fails before.
  function* broken(): Pieces<void> {
    throw new Error('broken');
  }
  await expect(inTurns(broken())).rejects.toThrow('broken');
});
