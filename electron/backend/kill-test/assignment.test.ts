import { numRuns } from '#shared/test-support/property-runs.ts';
import { assignments } from './testing/scenarios.ts';
import { testEveryFate } from './testing/shared-tests.ts';

testEveryFate(assignments, numRuns, {
  killed: 20,
  aborted: 10,
  again: { first: [3, 20], second: [3, 30] },
  troubled: 6,
});
