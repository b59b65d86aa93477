import type { PreCopyOptions } from './options.ts';
import type { PreCopyRound } from './round.ts';

/** What comes after a round. */
export type AfterRound =
  | { readonly kind: 'another'; readonly throttlePercent: number }
  | { readonly kind: 'switch-over'; readonly reason: string }
  | { readonly kind: 'not-converging'; readonly reason: string };

/** The part of a round that the decision is made of. */
export type MeasuredRound = Pick<
  PreCopyRound,
  'number' | 'leftBytes' | 'downtimeForecastMilliseconds' | 'leastMilliseconds' | 'throttlePercent'
>;

/** A round that leaves less than this share of the least before it gets somewhere. */
const progressShare = 0.95;
/** Rounds without progress after which the guest is throttled, and after which it counts as not converging. */
const roundsBeforeThrottle = 2;
const roundsBeforeGivingUp = 4;
const firstThrottlePercent = 20;
const throttleStepPercent = 15;
/** Rounds among which a minimum is looked for. */
const window = 6;
/** So near to the least of the window counts as the least. */
const nearLeast = 1.05;

/**
 * Downtime that is short enough after a round, milliseconds: a staircase up to the budget, so that a guest that lets itself
 * be copied well gets less than the budget.
 * @param round 1-based
 */
export function allowedDowntime(policy: PreCopyOptions['policy'], budget: number, round: number): number {
  const steps = { fastest: 1, balanced: 4, 'minimal-downtime': 10 }[policy];
  return (budget * Math.min(steps, round)) / steps;
}

/**
 * Decides after a round. The guest is stopped when what is left is short enough; where that gets no less any more, at the
 * least that is still within the budget. Where it never is, the guest is throttled as far as allowed, and then it does not
 * converge.
 * @param rounds all rounds so far since the last time that everything had to be sent, oldest first; at least one
 */
export function afterRound(
  rounds: readonly MeasuredRound[],
  { budget, options }: { readonly budget: number; readonly options: PreCopyOptions },
): AfterRound {
  const last = rounds.at(-1);
  if (last === undefined) throw new Error('There is no round to decide after.');
  const { policy, largestThrottlePercent, mostRounds } = options;
  const forecast = last.downtimeForecastMilliseconds;
  const allowed = allowedDowntime(policy, budget, rounds.length);
  const stalled = roundsWithoutProgress(rounds);
  const isLeast = last.leftBytes <= nearLeast * leastLeft(rounds.slice(-window));
  const goesDown = policy === 'minimal-downtime' && stalled === 0 && rounds.length > 1 && last.leftBytes > 0;
  if (forecast <= allowed && !goesDown)
    return {
      kind: 'switch-over',
      reason: `${Math.round(forecast)} ms are within the ${Math.round(allowed)} ms that are allowed after round ${last.number}`,
    };
  if (stalled >= roundsBeforeThrottle && forecast <= budget && isLeast)
    return {
      kind: 'switch-over',
      reason: `it does not become less, and ${Math.round(forecast)} ms are within the budget of ${budget} ms`,
    };
  // Neither another round nor a slower guest makes that less.
  const least = last.leastMilliseconds ?? 0;
  if (least > budget)
    return {
      kind: 'not-converging',
      reason: `stopping, moving the state of the devices and resuming alone take about ${Math.round(least)} ms of the ${budget} ms that the budget allows, whatever is left of the memory`,
    };
  const mayThrottle = last.throttlePercent < largestThrottlePercent;
  if (rounds.length >= mostRounds)
    return {
      kind: 'not-converging',
      reason: `${Math.round(forecast)} ms are left after ${rounds.length} rounds`,
    };
  if (stalled >= roundsBeforeGivingUp && !mayThrottle && forecast > budget)
    return {
      kind: 'not-converging',
      reason: `the guest writes as fast as the link takes it away: ${Math.round(forecast)} ms are left, and it does not become less`,
    };
  const throttle = stalled >= roundsBeforeThrottle && mayThrottle && forecast > budget;
  return {
    kind: 'another',
    throttlePercent: throttle
      ? Math.min(largestThrottlePercent, nextThrottle(last.throttlePercent))
      : last.throttlePercent,
  };
}

/**
 * Whether a migration that does not converge and is to be finished all the same is stopped now: at a minimum of what is left,
 * or when one has been waited for long enough.
 * @param since rounds since it was decided to finish it
 */
export function isGoodMoment(rounds: readonly MeasuredRound[], since: number): boolean {
  const last = rounds.at(-1);
  return (
    last === undefined || since >= window || last.leftBytes <= nearLeast * leastLeft(rounds.slice(-window))
  );
}

function nextThrottle(percent: number): number {
  return percent === 0 ? firstThrottlePercent : percent + throttleStepPercent;
}

/** Rounds at the end since the last one that left clearly less than all before it, or since the guest was throttled more. */
function roundsWithoutProgress(rounds: readonly MeasuredRound[]): number {
  let best = Number.POSITIVE_INFINITY;
  let stalled = 0;
  let throttle = 0;
  for (const { leftBytes, throttlePercent } of rounds) {
    stalled = leftBytes < best * progressShare || throttlePercent > throttle ? 0 : stalled + 1;
    best = throttlePercent > throttle ? leftBytes : Math.min(best, leftBytes);
    throttle = throttlePercent;
  }
  return stalled;
}

function leastLeft(rounds: readonly MeasuredRound[]): number {
  return Math.min(...rounds.map(({ leftBytes }) => leftBytes));
}
