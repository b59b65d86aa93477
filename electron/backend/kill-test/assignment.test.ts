import { describe, expect, it } from 'vitest';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { expectAllWell, killedOnce, killedTwice, troubled, undisturbed } from './testing/cases.ts';
import { assignments } from './testing/scenarios.ts';

// Each case lives through a run on hosts of its own: 100 cases take about 10 s of one processor.
const timeout = { timeout: 1_800_000 };

describe.each(assignments)('$name', timeout, (scenario) => {
  it('leaves nothing and says nothing untrue when it is killed at any moment', async () => {
    const cases = await killedOnce(scenario, { every: numRuns(3, 1) });
    expect(cases.length).toBeGreaterThan(20);
    expectAllWell(scenario, cases);
  });

  it('also not while an abort takes it back', async () => {
    const { run } = await undisturbed(scenario);
    // One that is asked for during the last step comes too late.
    const abortAt = (run?.steps.length ?? 0) - 2;
    const aborted = await undisturbed(scenario, { abortAt });
    expect([aborted.status, aborted.problems]).toEqual(['rolled-back', []]);
    const cases = await killedOnce(scenario, { abortAt, every: numRuns(7, 1) });
    expect(cases.length).toBeGreaterThan(8);
    expectAllWell(scenario, cases);
  });

  it('also not when it is killed again while it is recovered', async () => {
    const cases = await killedTwice(scenario, { every: numRuns(13, 3), everySecond: numRuns(11, 1) });
    expect(cases.length).toBeGreaterThan(5);
    expectAllWell(scenario, cases);
  });

  it('also not when a command is answered late, not at all, or takes effect after its timeout', async () => {
    const cases = await troubled(scenario, { every: numRuns(2, 1) });
    expect(cases.length).toBeGreaterThan(6);
    expectAllWell(scenario, cases);
  });
});
