import { describe, expect, it } from 'vitest';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { expectAllWell, killedOnce, killedTwice, troubled, undisturbed } from './testing/cases.ts';
import { migrations } from './testing/scenarios.ts';

// Each case lives through a run on hosts of its own: 100 cases take about 25 s of one processor.
const timeout = { timeout: 3_600_000 };

describe.each(migrations)('$name', timeout, (scenario) => {
  it('loses no guest and says nothing untrue when it is killed at any moment', async () => {
    const cases = await killedOnce(scenario, { every: numRuns(11, 1) });
    expect(cases.length).toBeGreaterThan(20);
    expectAllWell(scenario, cases);
  });

  it('also not while an abort takes it back', async () => {
    const { run } = await undisturbed(scenario);
    // The last step but one before the point of no return: everything is to be taken back.
    const abortAt = (run?.plan.pointOfNoReturn ?? 0) - 2;
    const cases = await killedOnce(scenario, { abortAt, every: numRuns(19, 1) });
    expect(cases.length).toBeGreaterThan(8);
    expectAllWell(scenario, cases);
  });

  it('also not when it is killed again while it is recovered', async () => {
    const cases = await killedTwice(scenario, { every: numRuns(71, 23), everySecond: numRuns(31, 3) });
    expect(cases.length).toBeGreaterThan(0);
    expectAllWell(scenario, cases);
  });

  it('also not when a command is answered late, not at all, or takes effect after its timeout', async () => {
    const cases = await troubled(scenario, { every: numRuns(5, 1) });
    expect(cases.length).toBeGreaterThan(12);
    expectAllWell(scenario, cases);
  });
});
