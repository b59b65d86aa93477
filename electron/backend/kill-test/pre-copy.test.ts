import { numRuns } from '#shared/test-support/property-runs.ts';
import { preCopyMigrations, throttledMigrations } from './testing/scenarios.ts';
import { testEveryFate } from './testing/shared-tests.ts';

testEveryFate(preCopyMigrations, numRuns, {
  killed: 16,
  aborted: 8,
  again: { first: [3, 20], second: [3, 30] },
  troubled: 10,
});

testEveryFate(throttledMigrations, numRuns, {
  killed: 8,
  aborted: 4,
  again: { first: [3, 20], second: [3, 30] },
  troubled: 6,
});
