import { afterRound, isGoodMoment, type MeasuredRound } from './convergence.ts';
import { isAtLow, longestWaitForLow, type WaitsForLow, waitsForLow } from './next-low.ts';
import type { PreCopyOptions, SwitchOverDecision } from './options.ts';
import type { PreCopyState } from './round.ts';

/** What the next decision depends on besides the round that has just ended. */
export interface Deciding {
  /** Rounds that count: since everything had to be sent, or since a person said that it goes on. Oldest first. */
  readonly rounds: readonly MeasuredRound[];
  /** Rounds since it was to be finished although it does not converge; null: it is not. */
  readonly finishing: number | null;
  /** Rounds since the next low is waited for; null: it is not. */
  readonly low: number | null;
}

export const undecided: Deciding = { rounds: [], finishing: null, low: null };

/** What is done after a round. */
export interface Decided {
  readonly what: 'another' | 'switch-over' | 'give-up';
  readonly state: PreCopyState;
  /** Why, as a clause without a full stop; empty while it is simply copied. */
  readonly reason: string;
  readonly throttlePercent: number;
  /** What it waits for that a person has asked for; absent: nothing. */
  readonly waitsForLow?: WaitsForLow;
  readonly next: Deciding;
}

/**
 * What is done after a round that left `rounds.at(-1)`: copy another round, stop the guest, or give up. What a person has
 * decided comes first.
 */
export function decide(
  deciding: Deciding,
  round: MeasuredRound,
  {
    decision,
    budget,
    options,
    startedOver,
  }: {
    readonly decision: SwitchOverDecision | null;
    readonly budget: number;
    readonly options: PreCopyOptions;
    readonly startedOver: boolean;
  },
): Decided {
  // What earlier rounds left says nothing of how it goes on from here.
  const isAnew = startedOver || decision === 'go-on';
  const rounds = isAnew ? [round] : [...deciding.rounds, round];
  const finishing = isAnew || deciding.finishing === null ? null : deciding.finishing + 1;
  const low = lowAfter(deciding.low, decision);
  const next = { rounds, finishing, low };
  const { throttlePercent } = round;
  if (decision === 'switch-over')
    return {
      what: 'switch-over',
      state: 'switching-over',
      reason: 'a person said so',
      throttlePercent,
      next,
    };
  if (decision === 'give-up')
    return { what: 'give-up', state: 'not-converging', reason: 'a person gave it up', throttlePercent, next };
  if (low !== null && isAtLow(rounds, low))
    return {
      what: 'switch-over',
      state: 'switching-over',
      reason:
        low >= longestWaitForLow
          ? `a person asked for the next low, and none came in ${longestWaitForLow} rounds`
          : 'a person asked for the next low of what is left, and this is one',
      throttlePercent,
      next,
    };
  const decided = decideAfterRound(next, round, { budget, options });
  return low === null || decided.what !== 'another'
    ? decided
    : { ...decided, waitsForLow: waitsForLow(rounds, low) };
}

/** Rounds since the next low is waited for, after what a person has said now. */
function lowAfter(before: number | null, decision: SwitchOverDecision | null): number | null {
  switch (decision) {
    case 'at-next-low':
      return 0;
    case 'not-at-low':
    case 'go-on':
      return null;
    case null:
    case 'switch-over':
    case 'give-up':
      return before === null ? null : before + 1;
  }
}

/** The same as far as nobody has said anything. */
function decideAfterRound(
  next: Deciding,
  round: MeasuredRound,
  { budget, options }: { readonly budget: number; readonly options: PreCopyOptions },
): Decided {
  const { rounds, finishing } = next;
  const { throttlePercent } = round;
  const after = afterRound(rounds, { budget, options });
  const { holdBeforeSwitchOver, whenNotConverging } = options;
  switch (after.kind) {
    case 'another':
      return finishing === null
        ? { what: 'another', state: 'copying', reason: '', throttlePercent: after.throttlePercent, next }
        : finish(next, finishing, round);
    case 'switch-over':
      return holdBeforeSwitchOver
        ? { what: 'another', state: 'holding', reason: after.reason, throttlePercent, next }
        : { what: 'switch-over', state: 'switching-over', reason: after.reason, throttlePercent, next };
    case 'not-converging': {
      const { reason } = after;
      switch (whenNotConverging) {
        case 'ask':
          return { what: 'another', state: 'not-converging', reason, throttlePercent, next };
        case 'finish':
          return finish(next, finishing ?? 0, round);
        case 'give-up':
          return { what: 'give-up', state: 'not-converging', reason, throttlePercent, next };
      }
    }
  }
}

function finish(next: Deciding, finishing: number, { throttlePercent }: MeasuredRound): Decided {
  const reason = 'it does not converge, and is finished at the least that is left';
  const isNow = isGoodMoment(next.rounds, finishing);
  return {
    ...{ reason, throttlePercent, next: { ...next, finishing } },
    what: isNow ? 'switch-over' : 'another',
    state: isNow ? 'switching-over' : 'not-converging',
  };
}
