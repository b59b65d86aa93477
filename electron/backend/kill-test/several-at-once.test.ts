import { describe, expect, it } from 'vitest';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { liveThroughSeveral, type SeveralFate } from './testing/several-at-once.ts';

const allWays: readonly SeveralFate['recoveries'][] = [
  ['resume'],
  ['roll-back'],
  ['resume', 'roll-back', 'resume'],
];

/** So many numbers from 1 to `most`, spread evenly and ending with it. */
function spread(most: number, wanted: number): number[] {
  const distance = Math.max(1, Math.floor(most / wanted));
  return Array.from({ length: Math.floor(most / distance) }, (_, index) => most - index * distance);
}

// Each case lives three migrations through on hosts of its own.
describe('three migrations over the same hosts', { timeout: 3_600_000 }, () => {
  it('lose no guest, and leave nothing, when the program is killed at any moment', async () => {
    const whole = await liveThroughSeveral({ killAt: [], recoveries: ['resume'] });
    expect([whole.problems, whole.statuses]).toEqual([[], ['done', 'done', 'done']]);
    const moments = whole.lives[0]?.length ?? 0;
    expect(moments).toBeGreaterThan(300);
    const failed: string[] = [];
    const kills = spread(moments, numRuns(15, Number.POSITIVE_INFINITY));
    for (const [index, killAt] of kills.entries()) {
      const recoveries = allWays[index % allWays.length] ?? ['resume'];
      const { problems } = await liveThroughSeveral({ killAt: [killAt], recoveries });
      if (problems.length > 0)
        failed.push(`killed at ${killAt}, ${recoveries.join(', ')}: ${problems.slice(0, 3).join(' · ')}`);
    }
    expect(kills.length).toBeGreaterThan(10);
    expect(failed, failed.join('\n')).toEqual([]);
  });

  it('also not when it is killed again while they are recovered', async () => {
    const failed: string[] = [];
    const cases = numRuns(5, 60);
    for (let number = 0; number < cases; number++) {
      const killAt = [60 + Math.floor((400 * number) / cases), 5 + Math.floor((120 * (number % 7)) / 7)];
      const recoveries = allWays[number % allWays.length] ?? ['resume'];
      const { problems } = await liveThroughSeveral({ killAt, recoveries });
      if (problems.length > 0)
        failed.push(
          `killed at ${killAt.join(' and ')}, ${recoveries.join(', ')}: ${problems.slice(0, 3).join(' · ')}`,
        );
    }
    expect(cases).toBeGreaterThan(0);
    expect(failed, failed.join('\n')).toEqual([]);
  });
});
