import { describe, expect, it } from 'vitest';
import { type ChartRound, preCopyChart } from './chart-geometry.ts';

const size = { width: 400, height: 100, budgetMilliseconds: 300, startMilliseconds: 0 };

/** Rounds of 100 ms each that leave these downtimes. */
function rounds(...downtimes: readonly number[]): ChartRound[] {
  return downtimes.map((downtimeForecastMilliseconds, index) => ({
    number: index + 1,
    startedMilliseconds: index * 100,
    milliseconds: 100,
    downtimeForecastMilliseconds,
    allowedMilliseconds: Math.min(300, 75 * (index + 1)),
  }));
}

describe('preCopyChart', () => {
  it('draws the budget alone before the first round', () => {
    const chart = preCopyChart({ ...size, rounds: [] });
    expect(chart).toMatchObject({
      line: '',
      area: '',
      allowed: '',
      best: [],
      last: null,
      endMilliseconds: 0,
    });
    expect(chart.budgetY).toBeGreaterThan(0);
    expect(chart.budgetY).toBeLessThan(100);
  });

  it('has equal distances for equal ratios', () => {
    const { numbered } = preCopyChart({ ...size, rounds: rounds(1000, 100, 10) });
    const [a, b, c] = numbered.map(({ y }) => y);
    expect(b! - a!).toBeCloseTo(c! - b!, 0);
  });

  it('begins with what stopping at once would have taken, and bends inside a round', () => {
    const chart = preCopyChart({ ...size, startMilliseconds: 10_000, rounds: rounds(100) });
    expect(chart.line.startsWith('M0 ')).toBe(true);
    const ys = [...chart.line.matchAll(/ ([\d.]+)(?= L|$)/g)].map(([, y]) => Number(y));
    expect(ys).toHaveLength(9);
    // Falls all the way, and faster towards its end.
    expect(ys).toEqual([...ys].sort((a, b) => a - b));
    expect(ys[8]! - ys[7]!).toBeGreaterThan(ys[1]! - ys[0]!);
  });

  it('leaves room up to the horizon', () => {
    const { last, endMilliseconds } = preCopyChart({
      ...size,
      ...{ startMilliseconds: 4000, horizonMilliseconds: 200 },
      rounds: rounds(2000),
    });
    expect(last?.x).toBe(200);
    expect(endMilliseconds).toBe(200);
  });

  it('stays inside its frame, also where nothing is left at all', () => {
    const chart = preCopyChart({ ...size, startMilliseconds: 1e7, rounds: rounds(1e6, 20, 0, 5e6) });
    const numbers = [...`${chart.line} ${chart.allowed}`.matchAll(/[MLVH ]([\d.-]+)/g)].map(([, n]) =>
      Number(n),
    );
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThanOrEqual(400);
  });

  it('draws what was allowed as a staircase', () => {
    const { allowed, ticks } = preCopyChart({ ...size, rounds: rounds(900, 200, 100) });
    expect(allowed).toMatch(/^M0 [\d.]+ H133.3 V[\d.]+ H266.7 V[\d.]+ H400$/);
    expect(ticks.map(({ milliseconds }) => milliseconds)).toEqual([100, 1000]);
  });

  it('marks the best moments, shortest first, and the first that was short enough', () => {
    const { best, shortEnough, last } = preCopyChart({
      ...size,
      rounds: rounds(900, 400, 90, 300, 400, 500, 79, 120, 300, 110, 160, 150),
    });
    expect(best.map(({ number, milliseconds }) => [number, milliseconds])).toEqual([
      [7, 79],
      [3, 90],
      [10, 110],
    ]);
    expect(shortEnough?.number).toBe(3);
    expect(last).toMatchObject({ number: 12, milliseconds: 150, x: 400 });
  });

  it('marks one moment where it gets no less any more', () => {
    const { best } = preCopyChart({ ...size, rounds: rounds(900, 100, 90, 90, 90.1, 90, 90) });
    expect(best.map(({ number }) => number)).toEqual([3]);
  });

  it('numbers only the rounds that have room, however many there are', () => {
    const many = rounds(...Array.from({ length: 240 }, (_, index) => 500 - index));
    const { numbered } = preCopyChart({ ...size, rounds: many });
    expect(numbered.length).toBeGreaterThan(5);
    expect(numbered.length).toBeLessThan(17);
    expect(numbered[0]?.number).toBe(1);
  });
});
