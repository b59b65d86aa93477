import { numRuns } from '#shared/test-support/property-runs.ts';
import { virtualSubsystems } from './testing/scenarios.ts';
import { testEveryFate } from './testing/shared-tests.ts';

testEveryFate(virtualSubsystems, numRuns, {
  killed: 10,
  aborted: 8,
  again: { first: [2, 20], second: [3, 30] },
  troubled: 6,
});
