import { describe, expect, it } from 'vitest';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { expectAllWell, killedOnce, killedTwice, troubled, undisturbed } from './testing/cases.ts';
import { virtualSubsystems } from './testing/scenarios.ts';

// Each case lives through a run on hosts of its own: 100 cases take about 10 s of one processor.
const timeout = { timeout: 1_800_000 };

describe.each(virtualSubsystems)('$name', timeout, (scenario) => {
  it('leaves nothing and says nothing untrue when it is killed at any moment', async () => {
    const cases = await killedOnce(scenario, { every: numRuns(5, 1) });
    expect(cases.length).toBeGreaterThan(4);
    expectAllWell(scenario, cases);
  });

  it('also not when it is killed again while it is recovered', async () => {
    const cases = await killedTwice(scenario, { every: numRuns(17, 5), everySecond: numRuns(13, 1) });
    expect(cases.length).toBeGreaterThan(0);
    expectAllWell(scenario, cases);
  });

  it('also not when a command is answered late, not at all, or takes effect after its timeout', async () => {
    const cases = await troubled(scenario, { every: numRuns(3, 1) });
    expect(cases.length).toBeGreaterThan(0);
    expectAllWell(scenario, cases);
  });
});

describe.each(virtualSubsystems.slice(0, 1))('$name, aborted', timeout, (scenario) => {
  it('leaves nothing when it is killed while the abort takes it back', async () => {
    const { run } = await undisturbed(scenario);
    const cases = await killedOnce(scenario, {
      abortAt: (run?.steps.length ?? 0) - 2,
      every: numRuns(9, 1),
    });
    expect(cases.length).toBeGreaterThan(8);
    expectAllWell(scenario, cases);
  });
});
