import { type Fate, liveThrough, type Outcome, type Recovery, type Scenario } from './kill-case.ts';
import type { Moment } from './life.ts';

/** One case that was lived through. */
export interface Case {
  readonly scenario: string;
  /** What happened: `killed after effect hv-a pause db-primary (#12), then resume`. */
  readonly story: string;
  readonly outcome: Outcome;
}

const recoveries: readonly Recovery[] = ['resume', 'roll-back'];

/** A run that nothing disturbs, but an abort where one is asked for: how many moments it has, and that all is well. */
export function undisturbed(scenario: Scenario, fate: Pick<Fate, 'abortAt'> = {}): Promise<Outcome> {
  return liveThrough(scenario, { ...fate, lives: [], recoveries: [] });
}

/**
 * Kills the run at moments of its life, each with both ways to recover.
 * @param every 1: at every moment; more: at every so many, each time beginning at another one
 */
export async function killedOnce(
  scenario: Scenario,
  {
    abortAt,
    every = 1,
    from = 0,
  }: { readonly abortAt?: number; readonly every?: number; readonly from?: number } = {},
): Promise<Case[]> {
  const how = abortAt === undefined ? {} : { abortAt };
  const whole = await undisturbed(scenario, how);
  const [moments = []] = whole.lives;
  const cases: Case[] = [{ scenario: scenario.name, story: 'not killed', outcome: whole }];
  let number = 0;
  for (const [index, moment] of moments.entries())
    for (const recovery of recoveries) {
      number += 1;
      if (index < from || number % every !== 0) continue;
      const fate: Fate = { ...how, lives: [{ killAt: index + 1 }], recoveries: [recovery] };
      const outcome = await liveThrough(scenario, fate);
      const begun = abortAt === undefined ? '' : `aborted at step ${abortAt}, `;
      cases.push({
        scenario: scenario.name,
        story: `${begun}killed ${momentWords(moment, index)}, ${recovery}`,
        outcome,
      });
    }
  return cases;
}

/** The first moment that belongs to the way back of a run that was aborted. */
export function firstMomentOfWayBack({ lives: [moments = []] }: Outcome): number {
  return moments.findIndex(({ what }) => what === 'aborting');
}

function momentWords({ at, what }: Moment, index: number): string {
  return `${at} ${what} (#${index + 1})`;
}

/** Problems of one case that are listed; what follows is mostly the same thing seen from elsewhere. */
const listedProblems = 3;

/** One line for each case in which something was wrong; empty: nothing was. */
export function tableOf(cases: readonly Case[]): string {
  const failed = cases.filter(({ outcome }) => outcome.problems.length > 0);
  if (failed.length === 0) return '';
  const lines = failed.map(({ story, outcome: { status, problems } }) => {
    const listed = problems.slice(0, listedProblems).join(' · ');
    const more = problems.length > listedProblems ? ` · and ${problems.length - listedProblems} more` : '';
    return `${story} → ${status} | ${listed}${more}`;
  });
  return [`${failed[0]?.scenario}: ${failed.length} of ${cases.length} cases fail`, ...lines].join('\n');
}
