import { describe, expect, it } from 'vitest';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { type Case, firstMomentOfWayBack, killedOnce, tableOf, undisturbed } from './testing/cases.ts';
import { assignments } from './testing/scenarios.ts';

/** Hundreds of cases; they take no simulated time that anybody waits for. */
const timeout = { timeout: 600_000 };

/** The table of what failed is the message. */
function expectAllWell(cases: readonly Case[]): void {
  const failed = cases.filter(({ outcome }) => outcome.problems.length > 0);
  expect(failed.length, tableOf(cases)).toBe(0);
}

describe.each(assignments)('$name', timeout, (scenario) => {
  it('leaves nothing and loses nothing when it is killed at any moment', async () => {
    const cases = await killedOnce(scenario, { every: numRuns(1, 1) });
    expect(cases.length).toBeGreaterThan(40);
    expectAllWell(cases);
  });

  it('leaves nothing when it is killed while an abort takes it back', async () => {
    const { run } = await undisturbed(scenario);
    // One that is asked for during the last step comes too late.
    const abortAt = (run?.steps.length ?? 0) - 2;
    const aborted = await undisturbed(scenario, { abortAt });
    expect(aborted.status).toBe('rolled-back');
    const from = firstMomentOfWayBack(aborted);
    const cases = await killedOnce(scenario, { abortAt, from });
    expect(cases.length).toBeGreaterThan(20);
    expectAllWell(cases);
  });
});
