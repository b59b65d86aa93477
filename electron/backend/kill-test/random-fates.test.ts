import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { type Fate, liveThrough } from '../migration-rehearsal/live-through.ts';
import { type Case, expectAllWell, fateWords } from './testing/cases.ts';
import {
  assignments,
  migrations,
  preCopyMigrations,
  throttledMigrations,
  undos,
  virtualSubsystems,
} from './testing/scenarios.ts';

/** Everything together: trouble with commands in any life, up to three kills, an abort, and any way to recover. */
function fates(abortAt: number | undefined): fc.Arbitrary<Fate> {
  const life = fc.record(
    {
      killAt: fc.integer({ min: 1, max: 120 }),
      trouble: fc.record({
        effect: fc.integer({ min: 1, max: 30 }),
        kind: fc.constantFrom('completion lost' as const, 'slow' as const, 'late' as const),
      }),
    },
    { requiredKeys: [] },
  );
  const lives = fc.array(life, { minLength: 1, maxLength: 3 });
  const recoveries = fc.array(fc.constantFrom('resume' as const, 'roll-back' as const), {
    minLength: 1,
    maxLength: 3,
  });
  const how = abortAt === undefined ? [{}] : [{}, { abortAt }];
  return fc
    .record({ how: fc.constantFrom(...how), lives, recoveries })
    .map(({ how: aborted, ...fate }) => ({ ...aborted, ...fate }));
}

describe.each([
  ...assignments,
  ...undos,
  ...virtualSubsystems,
  ...migrations,
  ...preCopyMigrations,
  ...throttledMigrations,
])('$name', { timeout: 3_600_000 }, (scenario) => {
  it('survives whatever comes together', async () => {
    const cases: Case[] = [];
    const sample = { numRuns: numRuns(3, 200), seed: 20261123 };
    for (const fate of fc.sample(fates(scenario.abortAt), sample))
      cases.push({ story: fateWords(fate), outcome: await liveThrough(scenario, fate) });
    expect(cases.length).toBe(sample.numRuns);
    expectAllWell(scenario, cases);
  });
});
