import { describe, expect, it } from 'vitest';
import { type TwinScenario, undisturbed } from '../../migration-rehearsal/live-through.ts';
import { expectAllWell, killedOnce, killedTwice, troubled } from './cases.ts';

/** How many cases of each kind there are for each procedure, at least; in deep runs all, unless something else is said. */
export interface Wanted {
  readonly killed: number;
  readonly aborted: number;
  /** First kills, and second kills after each of them; `[sample, deep]`, because their product is what they cost. */
  readonly again: Readonly<Record<'first' | 'second', readonly [number, number]>>;
  readonly troubled: number;
}

/** Each case lives through a run on hosts of its own, which costs 50 to 200 ms of a processor. */
const timeout = { timeout: 3_600_000 };

/** What holds of every procedure. `numRuns`: how many of a sample, or of all in deep runs, are tried. */
export function testEveryFate(
  scenarios: readonly TwinScenario[],
  numRuns: (sample: number, deep: number) => number,
  wanted: Wanted,
): void {
  const sampleOrAll = (sample: number) => numRuns(sample, Number.POSITIVE_INFINITY);
  describe.each(scenarios)('$name', timeout, (scenario) => {
    it('leaves nothing, loses nothing and says nothing untrue when it is killed at any moment', async () => {
      const cases = await killedOnce(scenario, { wanted: sampleOrAll(wanted.killed) });
      expect(cases.length).toBeGreaterThan(1);
      expectAllWell(scenario, cases);
    });

    it('also not when it is killed again while it is recovered', async () => {
      const { first, second } = wanted.again;
      const cases = await killedTwice(scenario, {
        wanted: numRuns(...first),
        wantedSecond: numRuns(...second),
      });
      expect(cases.length).toBeGreaterThan(0);
      expectAllWell(scenario, cases);
    });

    it('also not when a command is answered late, not at all, or takes effect after its timeout', async () => {
      const cases = await troubled(scenario, { wanted: sampleOrAll(wanted.troubled) });
      expect(cases.length).toBeGreaterThan(0);
      expectAllWell(scenario, cases);
    });
  });

  describe.each(scenarios.filter(({ abortAt }) => abortAt !== undefined))(
    '$name, aborted',
    timeout,
    (scenario) => {
      const { abortAt = 0 } = scenario;

      it('leaves nothing when it is killed at any moment of its way back', async () => {
        const aborted = await undisturbed(scenario, { abortAt });
        expect([aborted.status, aborted.problems]).toEqual(['rolled-back', []]);
        const cases = await killedOnce(scenario, { abortAt, wanted: sampleOrAll(wanted.aborted) });
        expect(cases.length).toBeGreaterThan(1);
        expectAllWell(scenario, cases);
      });

      it('says what is left when a command of its way back goes wrong', async () => {
        const cases = await troubled(scenario, { abortAt, wanted: sampleOrAll(wanted.troubled) });
        expect(cases.length).toBeGreaterThan(0);
        expectAllWell(scenario, cases);
      });
    },
  );
}
