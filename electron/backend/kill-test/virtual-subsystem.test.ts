import { numRuns } from '#shared/test-support/property-runs.ts';
import { virtualSubsystems } from './testing/scenarios.ts';
import { testEveryFate } from './testing/shared-tests.ts';

const all = Number.POSITIVE_INFINITY;

testEveryFate(virtualSubsystems, {
  killed: numRuns(10, all),
  aborted: numRuns(8, all),
  again: [numRuns(2, 20), numRuns(3, 30)],
  troubled: numRuns(6, all),
});
