import { describe, expect, it } from 'vitest';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { expectAllWell, lateAtDevice } from './testing/cases.ts';
import { migrations } from './testing/scenarios.ts';
import { testEveryFate } from './testing/shared-tests.ts';

const all = Number.POSITIVE_INFINITY;

testEveryFate(migrations, {
  killed: numRuns(24, all),
  aborted: numRuns(10, all),
  again: [numRuns(3, 20), numRuns(3, 30)],
  troubled: numRuns(10, all),
});

describe.each(migrations)('$name', { timeout: 600_000 }, (scenario) => {
  it('leaves nothing when a command of a VFIO driver takes effect after the driver gave it up', async () => {
    const cases = await lateAtDevice(scenario, { wanted: numRuns(5, all) });
    expect(cases.length).toBeGreaterThan(2);
    expectAllWell(scenario, cases);
  });
});
