import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numRuns } from '../../test-support/property-runs.ts';
import { allowedDowntime, type MeasuredRound } from './convergence.ts';
import { type Deciding, decide, undecided } from './decide.ts';
import { writtenWithin } from './dirty-model.ts';
import { defaultPreCopyOptions, type PreCopyOptions, type SwitchOverDecision } from './options.ts';

const budget = 300;
const gib = 2 ** 30;
const rate = 1.25e9;

/** Copies a guest that writes `dirty` bytes a second, until it is stopped, given up or has had `most` rounds. */
function copy(
  dirty: (seconds: number) => number,
  options: Partial<PreCopyOptions> = {},
  says: (round: number) => SwitchOverDecision | null = () => null,
  most = 200,
) {
  const all = { ...defaultPreCopyOptions, ...options };
  let deciding: Deciding = undecided;
  let bytes = 8 * gib;
  let at = 0;
  let sent = 0;
  let throttlePercent = 0;
  const rounds: MeasuredRound[] = [];
  for (let number = 1; number <= most; number++) {
    const seconds = Math.max(0.02, bytes / rate);
    at += seconds;
    sent += bytes;
    const writes = dirty(at) * (1 - throttlePercent / 100);
    const leftBytes = writtenWithin(seconds, { memoryBytes: 8 * gib, dirtyBytesPerSecond: writes });
    const round = {
      ...{ number, leftBytes, throttlePercent },
      downtimeForecastMilliseconds: 5 + (leftBytes / rate) * 1000,
    };
    rounds.push(round);
    const decision = says(number);
    const decided = decide(deciding, round, { decision, budget, options: all, startedOver: false });
    deciding = decided.next;
    if (decided.what !== 'another')
      return { ...decided, rounds, sent, downtime: round.downtimeForecastMilliseconds };
    throttlePercent = decided.throttlePercent;
    bytes = leftBytes;
  }
  return { what: 'another' as const, state: 'copying' as const, reason: '', rounds, sent, downtime: 0 };
}

describe('when a guest that goes on is stopped', () => {
  it('is when what is left is within what is allowed, which grows up to the budget', () => {
    expect([1, 2, 3, 4, 9].map((round) => allowedDowntime('balanced', 400, round))).toEqual([
      100, 200, 300, 400, 400,
    ]);
    expect(allowedDowntime('fastest', 400, 1)).toBe(400);
    expect(copy(() => 1e7)).toMatchObject({ what: 'switch-over', state: 'switching-over' });
  });

  it('does not slow a guest down where the devices alone take longer than the budget', () => {
    const round = {
      ...{ number: 1, leftBytes: 4096, throttlePercent: 0 },
      ...{ downtimeForecastMilliseconds: 320, leastMilliseconds: 310 },
    };
    const decided = (whenNotConverging: PreCopyOptions['whenNotConverging']) =>
      decide(undecided, round, {
        ...{ decision: null, budget, startedOver: false },
        options: { ...defaultPreCopyOptions, whenNotConverging },
      });
    const reason = expect.stringContaining('about 310 ms of the 300 ms');
    expect(decided('ask')).toMatchObject({
      state: 'not-converging',
      what: 'another',
      throttlePercent: 0,
      reason,
    });
    expect(decided('give-up')).toMatchObject({ what: 'give-up', reason });
    expect(decided('finish')).toMatchObject({ what: 'switch-over', throttlePercent: 0 });
  });

  it('never is over the budget without being asked for, and always ends: every guest, every policy', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('minimal-downtime' as const, 'balanced' as const, 'fastest' as const),
        fc.constantFrom(0, 50, 99),
        fc.constantFrom('finish' as const, 'give-up' as const),
        fc.array(fc.double({ min: 0, max: 4e9, noNaN: true }), { minLength: 1, maxLength: 5 }),
        (policy, largestThrottlePercent, whenNotConverging, phases) => {
          const dirty = (seconds: number) => phases[Math.floor(seconds / 3) % phases.length] ?? 0;
          const end = copy(dirty, { policy, largestThrottlePercent, whenNotConverging });
          expect(end.what).not.toBe('another');
          expect(end.rounds.every(({ throttlePercent }) => throttlePercent <= largestThrottlePercent)).toBe(
            true,
          );
          if (whenNotConverging === 'give-up' && end.what === 'switch-over')
            expect(end.downtime).toBeLessThanOrEqual(budget);
          if (whenNotConverging === 'finish') expect(end.what).toBe('switch-over');
        },
      ),
      { numRuns: numRuns(300, 10_000) },
    );
  });

  it('sends little more than the best fixed number of rounds would', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e6, max: 0.9 * rate, noNaN: true }), (dirty) => {
        const steady = (policy: PreCopyOptions['policy']) =>
          copy(() => dirty, { policy, largestThrottlePercent: 0, whenNotConverging: 'give-up' });
        const best = steady('fastest');
        fc.pre(best.what === 'switch-over');
        expect(steady('balanced').sent).toBeLessThanOrEqual(best.sent * 1.1);
      }),
      { numRuns: numRuns(200, 5000) },
    );
  });

  it('is at a minimum of what is left where that goes up and down', () => {
    // Between its bursts it writes little: a fixed number of rounds would stop it in the middle of one.
    const end = copy((seconds) => (seconds % 4 < 2 ? 3e9 : 2e8), {
      policy: 'fastest',
      largestThrottlePercent: 0,
    });
    expect(end.what).toBe('switch-over');
    expect(end.downtime).toBeLessThanOrEqual(budget);
  });

  it('asks, and does what a person says', () => {
    const wild = () => 4e9;
    const asking = copy(wild, { largestThrottlePercent: 0 }, () => null, 20);
    expect(asking.what).toBe('another');
    const says = (decision: SwitchOverDecision, at: number) => (round: number) =>
      round === at ? decision : null;
    expect(copy(wild, { largestThrottlePercent: 0 }, says('give-up', 12))).toMatchObject({
      what: 'give-up',
      reason: 'a person gave it up',
    });
    expect(copy(wild, { largestThrottlePercent: 0 }, says('switch-over', 3)).rounds).toHaveLength(3);
    // Who goes on is asked again, not at once.
    const goesOn = (at: number) => decidedAfter(wild, at);
    expect(goesOn(1)).toBe('copying');
    expect(goesOn(5)).toBe('not-converging');
  });

  it('holds for a person, however small it gets, and says that it could go', () => {
    const held = copy(
      () => 1e6,
      { holdBeforeSwitchOver: true },
      () => null,
      30,
    );
    expect([held.what, held.rounds.length]).toEqual(['another', 30]);
    const gone = copy(
      () => 1e6,
      { holdBeforeSwitchOver: true },
      (round) => (round === 7 ? 'switch-over' : null),
    );
    expect([gone.what, gone.rounds.length]).toEqual(['switch-over', 7]);
  });
});

/** The state so many rounds after a person has said that it goes on. */
function decidedAfter(dirty: () => number, rounds: number): string {
  let deciding: Deciding = undecided;
  let state = '';
  const leftBytes = dirty();
  for (let number = 1; number <= 10 + rounds; number++) {
    const round = { number, leftBytes, throttlePercent: 0, downtimeForecastMilliseconds: 3000 };
    const options = { ...defaultPreCopyOptions, largestThrottlePercent: 0 };
    const decision = number === 11 ? ('go-on' as const) : null;
    ({ next: deciding, state } = decide(deciding, round, { decision, budget, options, startedOver: false }));
  }
  return state;
}

describe('what a guest writes in a time', () => {
  it('is what was measured in a second, at first proportional, and never more than its memory', () => {
    const guest = { memoryBytes: 8 * gib, dirtyBytesPerSecond: 1e9 };
    expect(writtenWithin(1, guest)).toBeCloseTo(1e9, -3);
    expect(writtenWithin(0.01, guest)).toBeGreaterThan(1e7);
    expect(writtenWithin(0.01, guest)).toBeLessThan(1.1e7);
    expect(writtenWithin(3600, guest)).toBeLessThanOrEqual(8 * gib);
    expect(writtenWithin(10, { ...guest, dirtyBytesPerSecond: 0 })).toBe(0);
  });
});
