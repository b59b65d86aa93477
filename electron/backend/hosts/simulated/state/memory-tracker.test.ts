import { expect, test } from 'vitest';
import { encodeGranuleRuns } from '#shared/fleet-file/tracking/granule-runs.ts';
import { countPieces } from '#shared/test-support/count-pieces.ts';
import { MemoryTracker } from './memory-tracker.ts';

test('what a file says is noted in pieces, whole stretches of it at once', () => {
  const runs = [
    { from: 5, count: 1 },
    // Across the borders of the bitmap's pieces, and so that it ends at one.
    { from: 32_760, count: 3 * 32_768 },
    { from: 5 * 32_768, count: 32_768 },
    { from: 10_000_000, count: 20_000_000 },
  ];
  const text = encodeGranuleRuns(runs);
  const tracker = new MemoryTracker(0, [{ saddr: 0n, len: 0xffffffff }]);
  const { pieces } = countPieces(tracker.restoreChanged(text));
  expect(pieces).toBeGreaterThan(20);
  expect(tracker.changedToFile()).toBe(text);
  expect(tracker.dirty).toBe(1 + 3 * 32_768 + 32_768 + 20_000_000);
  expect(tracker.take(2)).toEqual([
    { saddr: 5n * 4096n, len: 1 },
    { saddr: 32_760n * 4096n, len: 3 * 32_768 },
  ]);
});
