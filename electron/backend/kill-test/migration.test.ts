import { describe, expect, it } from 'vitest';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { expectAllWell, lateAtDevice } from './testing/cases.ts';
import { migrations } from './testing/scenarios.ts';
import { testEveryFate } from './testing/shared-tests.ts';

testEveryFate(migrations, numRuns, {
  killed: 24,
  aborted: 10,
  again: { first: [3, 20], second: [3, 30] },
  troubled: 10,
});

describe.each(migrations)('$name', { timeout: 600_000 }, (scenario) => {
  it('leaves nothing when a command of a VFIO driver takes effect after the driver gave it up', async () => {
    const cases = await lateAtDevice(scenario, { wanted: numRuns(5, Number.POSITIVE_INFINITY) });
    expect(cases.length).toBeGreaterThan(2);
    expectAllWell(scenario, cases);
  });
});
