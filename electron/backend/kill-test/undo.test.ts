import { expect, it } from 'vitest';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { liveThrough } from '../migration-rehearsal/live-through.ts';
import { undos } from './testing/scenarios.ts';
import { testEveryFate } from './testing/shared-tests.ts';

testEveryFate(undos, numRuns, {
  killed: 8,
  aborted: 4,
  again: { first: [2, 10], second: [2, 20] },
  troubled: 4,
});

it.each(undos)(
  '$name: a step in flight that is being undone is undone to its end by the next program',
  async (scenario) => {
    // The step in flight takes effect; its way back is cut short in every place.
    for (let killAt = 10; killAt < 22; killAt += 2) {
      const lives = [{ killAt: 36 }, { killAt }];
      const { problems } = await liveThrough(scenario, { lives, recoveries: ['roll-back', 'roll-back'] });
      expect([killAt, problems]).toEqual([killAt, []]);
    }
  },
);
