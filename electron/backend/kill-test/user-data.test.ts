import { describe, expect, it } from 'vitest';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { faultMatrix, liveMatrixCase, type MatrixResult } from '../migration-rehearsal/fault-matrix.ts';
import { userDataMigrations } from './testing/scenarios.ts';
import { testEveryFate } from './testing/shared-tests.ts';

testEveryFate(userDataMigrations, numRuns, {
  killed: 12,
  aborted: 6,
  again: { first: [2, 20], second: [2, 30] },
  troubled: 8,
});

describe.each(userDataMigrations)('$name', { timeout: 7_200_000 }, (scenario) => {
  it('keeps guest and user data whatever happens at any of its steps', async () => {
    const made = await faultMatrix(scenario);
    if (!made.ok) throw new Error(made.error.message);
    const { cases, steps } = made.value;
    const distance = Math.max(1, Math.floor(cases.length / numRuns(40, cases.length)));
    const results: MatrixResult[] = [];
    for (const [index, one] of cases.entries())
      if ((index + 1) % distance === 0) results.push(await liveMatrixCase(scenario, one));
    const wrong = results.filter(({ problems }) => problems.length > 0);
    const lines = wrong.map(
      ({ step, fault, status, problems }) =>
        `step ${step} ${steps[step]?.words}: ${fault} → ${status} | ${problems.slice(0, 3).join(' · ')}`,
    );
    expect(results.length).toBeGreaterThan(30);
    expect(wrong.length, [`${wrong.length} of ${results.length} cases`, ...lines, ''].join('\n')).toBe(0);
  });
});
