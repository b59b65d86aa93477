import { numRuns } from '#shared/test-support/property-runs.ts';
import { assignments } from './testing/scenarios.ts';
import { testEveryFate } from './testing/shared-tests.ts';

const all = Number.POSITIVE_INFINITY;

testEveryFate(assignments, {
  killed: numRuns(20, all),
  aborted: numRuns(10, all),
  again: [numRuns(3, 20), numRuns(3, 30)],
  troubled: numRuns(6, all),
});
