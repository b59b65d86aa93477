import { expect } from 'vitest';
import { type Fate, liveThrough, type Outcome, type Recovery, type Scenario } from './kill-case.ts';
import type { Moment, Trouble } from './life.ts';

/** One case that was lived through. */
export interface Case {
  /** What happened: `killed after effect hv-a pause db-primary (#12), resume`. */
  readonly story: string;
  readonly outcome: Outcome;
}

const recoveries: readonly Recovery[] = ['resume', 'roll-back'];
const troubles: readonly Trouble[] = ['completion lost', 'slow', 'late'];

interface Sample {
  /** The run is aborted when this step begins. */
  readonly abortAt?: number;
  /** 1: every case; more: one of so many. Odd numbers meet both ways to recover. */
  readonly every: number;
}

/** Which cases are tried, counted through all of them. */
function sampleOf(every: number): () => boolean {
  let number = 0;
  return () => {
    number += 1;
    return number % every === 0;
  };
}

/** A run that nothing disturbs, but an abort where one is asked for. */
export function undisturbed(scenario: Scenario, fate: Pick<Fate, 'abortAt'> = {}): Promise<Outcome> {
  return liveThrough(scenario, { ...fate, lives: [], recoveries: [] });
}

/** Kills the run at each moment of its life, or of its way back where it is aborted, each with both ways to recover. */
export async function killedOnce(scenario: Scenario, { every, ...how }: Sample): Promise<Case[]> {
  const whole = await undisturbed(scenario, how);
  const [moments = []] = whole.lives;
  const isTried = sampleOf(every);
  const cases: Case[] = [{ story: 'not killed', outcome: whole }];
  for (let index = beginOf(how, moments); index < moments.length; index += 1)
    for (const recovery of recoveries) {
      if (!isTried()) continue;
      const outcome = await liveThrough(scenario, {
        ...how,
        lives: [{ killAt: index + 1 }],
        recoveries: [recovery],
      });
      cases.push({ story: `${abortWords(how)}killed ${wordsOf(moments, index)}, ${recovery}`, outcome });
    }
  return cases;
}

/** Kills the run, and kills what recovers it, at each moment of either; then it is recovered again. */
export async function killedTwice(
  scenario: Scenario,
  { every, everySecond, ...how }: Sample & { readonly everySecond: number },
): Promise<Case[]> {
  const [moments = []] = (await undisturbed(scenario, how)).lives;
  const [isTried, isTriedSecond] = [sampleOf(every), sampleOf(everySecond)];
  const cases: Case[] = [];
  for (let index = beginOf(how, moments); index < moments.length; index += 1)
    for (const first of recoveries) {
      if (!isTried()) continue;
      const killAt = index + 1;
      const once = await liveThrough(scenario, { ...how, lives: [{ killAt }], recoveries: [first] });
      const [, again = []] = once.lives;
      for (let position = 0; position < again.length; position += 1)
        for (const second of recoveries) {
          if (!isTriedSecond()) continue;
          const outcome = await liveThrough(scenario, {
            ...how,
            lives: [{ killAt }, { killAt: position + 1 }],
            recoveries: [first, second],
          });
          const kills = `killed ${wordsOf(moments, index)}, ${first}, killed ${wordsOf(again, position)}`;
          cases.push({ story: `${abortWords(how)}${kills}, ${second}`, outcome });
        }
    }
  return cases;
}

/** Lets each thing that the run changes go wrong in every way, one at a time; nobody kills it. */
export async function troubled(scenario: Scenario, { every, ...how }: Sample): Promise<Case[]> {
  const whole = await undisturbed(scenario, how);
  const [moments = []] = whole.lives;
  const sent = moments.filter(({ at }) => at === 'before effect');
  const isTried = sampleOf(every);
  const cases: Case[] = [];
  for (const [index, { what }] of sent.entries())
    for (const kind of troubles) {
      if (!isTried()) continue;
      const trouble = { effect: index + 1, kind };
      const outcome = await liveThrough(scenario, { ...how, lives: [{ trouble }], recoveries: [] });
      cases.push({ story: `${abortWords(how)}${kind}: ${what} (effect ${index + 1})`, outcome });
    }
  return cases;
}

/** Where the cases begin: an aborted run is interesting from its abort on. */
function beginOf({ abortAt }: Pick<Sample, 'abortAt'>, moments: readonly Moment[]): number {
  if (abortAt === undefined) return 0;
  const begin = moments.findIndex(({ what }) => what === 'aborting');
  if (begin < 0) throw new Error(`it is not aborted at step ${abortAt}`);
  return begin;
}

function abortWords({ abortAt }: Pick<Sample, 'abortAt'>): string {
  return abortAt === undefined ? '' : `aborted at step ${abortAt}, `;
}

function wordsOf(moments: readonly Moment[], index: number): string {
  const { at, what } = moments[index] ?? {};
  return `${at} ${what} (#${index + 1})`;
}

/** Problems of one case that are listed; what follows is mostly the same thing seen from elsewhere. */
const listedProblems = 3;

/** Expects that nothing was wrong in any case; the message is the table of those where something was, one line each. */
export function expectAllWell(scenario: Scenario, cases: readonly Case[]): void {
  const failed = cases.filter(({ outcome }) => outcome.problems.length > 0);
  const lines = failed.map(({ story, outcome: { status, problems } }) => {
    const more = problems.length > listedProblems ? ` · and ${problems.length - listedProblems} more` : '';
    return `${story} → ${status} | ${problems.slice(0, listedProblems).join(' · ')}${more}`;
  });
  const title = `${scenario.name}: ${failed.length} of ${cases.length} cases fail`;
  expect(failed.length, [title, ...lines, ''].join('\n')).toBe(0);
}
