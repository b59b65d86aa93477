import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numRuns } from '../test-support/property-runs.ts';
import { fairShare, joinLinks, roundMilliseconds, throughput } from './link-model.ts';

const link = fc.record({
  bytesPerSecond: fc.integer({ min: 1, max: 1e11 }),
  latencyMilliseconds: fc.double({ min: 0, max: 1000, noNaN: true }),
  loss: fc.double({ min: 0, max: 0.99, noNaN: true }),
});

test('a clean link passes its speed', () => {
  expect(throughput({ bytesPerSecond: 1e9, latencyMilliseconds: 5, loss: 0 })).toBe(1e9);
});

test('loss alone repeats segments, loss with latency keeps TCP small', () => {
  expect(throughput({ bytesPerSecond: 1e9, latencyMilliseconds: 0, loss: 0.01 })).toBe(0.99e9);
  // 1448 B ÷ 20 ms × 1.2247 ÷ √0.01 = 886,715 B/s.
  expect(throughput({ bytesPerSecond: 1e9, latencyMilliseconds: 10, loss: 0.01 })).toBeCloseTo(886_715, -1);
});

test('more loss or more latency never passes more, and never more than the link has', () => {
  fc.assert(
    fc.property(link, fc.double({ min: 0, max: 0.99, noNaN: true }), (one, loss) => {
      const worse = { ...one, loss: Math.max(one.loss, loss) };
      expect(throughput(worse)).toBeLessThanOrEqual(throughput(one));
      expect(throughput({ ...one, latencyMilliseconds: one.latencyMilliseconds + 1 })).toBeLessThanOrEqual(
        throughput(one),
      );
      expect(throughput(one)).toBeLessThanOrEqual(one.bytesPerSecond);
      expect(throughput(one)).toBeGreaterThan(0);
    }),
    { numRuns: numRuns(100, 1000) },
  );
});

test('two links together', () => {
  const joined = joinLinks(
    { bytesPerSecond: 10, latencyMilliseconds: 1, loss: 0.5 },
    { bytesPerSecond: 5, latencyMilliseconds: 2, loss: 0.5 },
  );
  expect(joined).toEqual({ bytesPerSecond: 5, latencyMilliseconds: 3, loss: 0.75 });
  expect(roundMilliseconds(joined)).toBe(6);
});

test('streams share a link fairly, and none leaves unused what another could use', () => {
  expect(fairShare(900, 1000, [])).toBe(900);
  expect(fairShare(900, 1000, [1000, 1000])).toBe(300);
  expect(fairShare(900, 1000, [100])).toBe(800);
  expect(fairShare(900, 100, [1000])).toBe(100);
  const speeds = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20_000 }), speeds, (capacity, all) => {
      const shares = all.map((own, index) => fairShare(capacity, own, all.toSpliced(index, 1)));
      const used = shares.reduce((sum, one) => sum + one, 0);
      const wanted = all.reduce((sum, one) => sum + one, 0);
      expect(used).toBeCloseTo(Math.min(capacity, wanted), 3);
      const least = Math.min(...shares);
      for (const [index, share] of shares.entries())
        expect(share >= least && share <= (all[index] ?? 0) + 1e-9).toBe(true);
      // Whoever gets less than it could use gets as much as anybody.
      const most = Math.max(...shares);
      for (const [index, share] of shares.entries())
        if (share < (all[index] ?? 0) - 1e-6) expect(share).toBeCloseTo(most, 6);
    }),
    { numRuns: numRuns(200, 5000) },
  );
});
