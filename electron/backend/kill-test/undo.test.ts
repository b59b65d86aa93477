import { numRuns } from '#shared/test-support/property-runs.ts';
import { undos } from './testing/scenarios.ts';
import { testEveryFate } from './testing/shared-tests.ts';

const all = Number.POSITIVE_INFINITY;

testEveryFate(undos, {
  killed: numRuns(8, all),
  aborted: numRuns(4, all),
  again: [numRuns(2, 10), numRuns(2, 20)],
  troubled: numRuns(4, all),
});
