import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numRuns } from '../test-support/property-runs.ts';
import { joinLinks, roundMilliseconds, throughput } from './link-model.ts';

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
