import { describe, expect, it } from 'vitest';
import { expectAllWell, killedOnce, killedTwice, troubled, undisturbed } from './cases.ts';
import type { KillScenario } from './kill-case.ts';

/** How many cases of each kind there are for each procedure, at least. */
export interface Wanted {
  readonly killed: number;
  readonly aborted: number;
  /** First kills, and second kills after each of them. */
  readonly again: readonly [number, number];
  readonly troubled: number;
}

/** Each case lives through a run on hosts of its own, which costs 50 to 200 ms of a processor. */
const timeout = { timeout: 3_600_000 };

/** What holds of every procedure. */
export function testEveryFate(scenarios: readonly KillScenario[], wanted: Wanted): void {
  describe.each(scenarios)('$name', timeout, (scenario) => {
    it('leaves nothing, loses nothing and says nothing untrue when it is killed at any moment', async () => {
      const cases = await killedOnce(scenario, { wanted: wanted.killed });
      expect(cases.length).toBeGreaterThan(1);
      expectAllWell(scenario, cases);
    });

    it('also not when it is killed again while it is recovered', async () => {
      const [first, second] = wanted.again;
      const cases = await killedTwice(scenario, { wanted: first, wantedSecond: second });
      expect(cases.length).toBeGreaterThan(0);
      expectAllWell(scenario, cases);
    });

    it('also not when a command is answered late, not at all, or takes effect after its timeout', async () => {
      const cases = await troubled(scenario, { wanted: wanted.troubled });
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
        const cases = await killedOnce(scenario, { abortAt, wanted: wanted.aborted });
        expect(cases.length).toBeGreaterThan(1);
        expectAllWell(scenario, cases);
      });

      it('says what is left when a command of its way back goes wrong', async () => {
        const cases = await troubled(scenario, { abortAt, wanted: wanted.troubled });
        expect(cases.length).toBeGreaterThan(0);
        expectAllWell(scenario, cases);
      });
    },
  );
}
