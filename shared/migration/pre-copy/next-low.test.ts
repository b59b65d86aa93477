import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numRuns } from '../../test-support/property-runs.ts';
import { type Deciding, decide, undecided } from './decide.ts';
import { isAtLow, longestWaitForLow, lowWindow, waitsForLow } from './next-low.ts';
import { defaultPreCopyOptions, type SwitchOverDecision } from './options.ts';

const left = (values: readonly number[]) => values.map((leftBytes) => ({ leftBytes }));

/** Rounds one after the other, with what a person says after some of them; answers what was decided after each. */
function held(values: readonly number[], says: Readonly<Record<number, SwitchOverDecision>>) {
  let deciding: Deciding = undecided;
  return values.map((leftBytes, index) => {
    const round = { number: index + 1, leftBytes, downtimeForecastMilliseconds: 1, throttlePercent: 0 };
    const decided = decide(deciding, round, {
      ...{ decision: says[index] ?? null, budget: 300, startedOver: false },
      options: { ...defaultPreCopyOptions, holdBeforeSwitchOver: true },
    });
    deciding = decided.next;
    return decided;
  });
}

describe('the next low of what is left', () => {
  it.each([
    ['what stays as it is', [50, 50], true],
    ['what has stopped falling', [100, 60, 40, 39], true],
    ['what still falls for the first time', [100, 60, 40], false],
    ['what rises', [40, 60, 80], false],
    ['what has come down to an earlier low', [90, 40, 90, 60, 41], true],
    ['what has not come down to it yet', [90, 40, 90, 60], false],
    ['nothing', [90, 0], true],
  ])('%s: %j is %s', (_, values, low) => {
    expect(isAtLow(left(values), 0)).toBe(low);
  });

  it('is where little is left, for every guest, and never waited for too long', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 80 }),
        fc.nat({ max: longestWaitForLow + 5 }),
        (values, since) => {
          const low = isAtLow(left(values), since);
          if (since >= longestWaitForLow) expect(low).toBe(true);
          else if (low)
            expect(values.at(-1)).toBeLessThanOrEqual(1.05 * Math.min(...values.slice(-lowWindow)));
        },
      ),
      { numRuns: numRuns(500, 20_000) },
    );
  });

  it('switches a held migration over by itself, at a low, once, and says so', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 60, maxLength: 60 }),
        fc.nat({ max: 15 }),
        (values, asked) => {
          const decided = held(values, { [asked]: 'at-next-low' });
          const at = decided.findIndex(({ what }) => what === 'switch-over');
          expect(at).toBeGreaterThanOrEqual(asked);
          expect(at - asked).toBeLessThanOrEqual(longestWaitForLow);
          expect(decided[at]?.reason).toMatch(/low/);
          const least = Math.min(...values.slice(Math.max(0, at + 1 - lowWindow), at + 1));
          if (at - asked < longestWaitForLow) expect(values[at]).toBeLessThanOrEqual(1.05 * least);
          for (const { waitsForLow: waits } of decided.slice(asked, at))
            expect(waits?.roundsLeft).toBeGreaterThan(0);
        },
      ),
      { numRuns: numRuns(200, 5000) },
    );
  });

  it('is no longer waited for when that is taken back, and not waited for unasked', () => {
    const rising = Array.from({ length: 100 }, (_, index) => 10 + index * 10);
    const decided = held(rising, { 5: 'at-next-low', 9: 'not-at-low' });
    expect(decided.every(({ what }) => what === 'another')).toBe(true);
    expect(decided[7]?.waitsForLow).toEqual({
      atMostBytes: Math.round(1.05 * 10),
      roundsLeft: longestWaitForLow - 2,
    });
    expect(decided[9]?.waitsForLow).toBeUndefined();
    expect(held(rising, {}).every(({ what }) => what === 'another')).toBe(true);
  });

  it('says how long it is waited for', () => {
    expect(waitsForLow(left([100, 40, 80]), 4)).toEqual({
      atMostBytes: 42,
      roundsLeft: longestWaitForLow - 4,
    });
  });
});
