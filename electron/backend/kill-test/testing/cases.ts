import { expect } from 'vitest';
import type { Moment, Trouble } from '../../migration-rehearsal/life.ts';
import {
  type Fate,
  liveThrough,
  type Outcome,
  type TwinScenario,
  undisturbed,
  type WayOn,
} from '../../migration-rehearsal/live-through.ts';

/** One case that was lived through. */
export interface Case {
  /** What happened: `killed after effect hv-a pause db-primary (#12), resume`. */
  readonly story: string;
  readonly outcome: Outcome;
}

const recoveries: readonly WayOn[] = ['resume', 'roll-back'];
const troubles: readonly Trouble[] = ['completion lost', 'slow', 'late'];

interface Sample {
  /** The run is aborted when this step begins. */
  readonly abortAt?: number;
  /** How many cases are tried at least, spread over all that there are; of fewer all are tried. */
  readonly wanted: number;
}

/** Kills repeat with the ways to recover and with the moments of a step, of which most have seven. */
const killPeriods = [recoveries.length, 7];

/**
 * Some of all cases, spread evenly. The distance shares nothing with what they repeat with, else the same kind of case would
 * be met each time.
 */
function sampleOf<T>(all: readonly T[], wanted: number, periods: readonly number[]): T[] {
  let distance = Math.max(1, Math.floor(all.length / wanted));
  while (distance > 1 && periods.some((period) => distance % period === 0)) distance -= 1;
  return all.filter((_, index) => (index + 1) % distance === 0);
}

/** Kills the run at moments of its life, or of its way back where it is aborted, with both ways to recover. */
export async function killedOnce(scenario: TwinScenario, { wanted, ...how }: Sample): Promise<Case[]> {
  const whole = await undisturbed(scenario, how);
  const [moments = []] = whole.lives;
  const cases: Case[] = [{ story: 'not killed', outcome: whole }];
  for (const { index, recovery } of sampleOf(killsOf(moments, beginOf(how, moments)), wanted, killPeriods)) {
    const lives = [{ killAt: index + 1 }];
    const outcome = await liveThrough(scenario, { ...how, lives, recoveries: [recovery] });
    cases.push({ story: `${abortWords(how)}killed ${wordsOf(moments, index)}, ${recovery}`, outcome });
  }
  return cases;
}

/** Kills the run, and kills what recovers it; then it is recovered again. `wantedSecond`: for each of the first kills. */
export async function killedTwice(
  scenario: TwinScenario,
  { wanted, wantedSecond, ...how }: Sample & { readonly wantedSecond: number },
): Promise<Case[]> {
  const [moments = []] = (await undisturbed(scenario, how)).lives;
  const cases: Case[] = [];
  for (const first of sampleOf(killsOf(moments, beginOf(how, moments)), wanted, killPeriods)) {
    const killAt = first.index + 1;
    const once = await liveThrough(scenario, { ...how, lives: [{ killAt }], recoveries: [first.recovery] });
    const [, again = []] = once.lives;
    for (const second of sampleOf(killsOf(again), wantedSecond, killPeriods)) {
      const outcome = await liveThrough(scenario, {
        ...how,
        lives: [{ killAt }, { killAt: second.index + 1 }],
        recoveries: [first.recovery, second.recovery],
      });
      const kills = [
        `killed ${wordsOf(moments, first.index)}, ${first.recovery}`,
        `killed ${wordsOf(again, second.index)}, ${second.recovery}`,
      ];
      cases.push({ story: abortWords(how) + kills.join(', '), outcome });
    }
  }
  return cases;
}

/** Lets things that the run changes go wrong in every way, one at a time; nobody kills it. */
export async function troubled(scenario: TwinScenario, { wanted, ...how }: Sample): Promise<Case[]> {
  const [moments = []] = (await undisturbed(scenario, how)).lives;
  const begin = beginOf(how, moments);
  const sent = moments.flatMap(({ at, what }, index) => (at === 'before effect' ? [{ index, what }] : []));
  const all = sent.flatMap(({ index, what }, position) =>
    index < begin ? [] : troubles.map((kind) => ({ kind, what, effect: position + 1 })),
  );
  const cases: Case[] = [];
  for (const { kind, what, effect } of sampleOf(all, wanted, [troubles.length])) {
    const lives = [{ trouble: { effect, kind } }];
    const outcome = await liveThrough(scenario, { ...how, lives, recoveries: [] });
    cases.push({ story: `${abortWords(how)}${kind}: ${what} (effect ${effect})`, outcome });
  }
  return cases;
}

/**
 * Lets a Migration Send of a VFIO driver arrive after the driver has given it up: a Suspend may then reach a function that
 * its driver takes for running.
 */
export async function lateAtDevice(scenario: TwinScenario, { wanted, ...how }: Sample): Promise<Case[]> {
  const { driverCommands } = await undisturbed(scenario, how);
  const cases: Case[] = [];
  for (const lateDriverCommand of sampleOf(
    Array.from({ length: driverCommands }, (_, index) => index + 1),
    wanted,
    [],
  )) {
    const outcome = await liveThrough(scenario, { ...how, lateDriverCommand, lives: [], recoveries: [] });
    const story = `${abortWords(how)}Migration Send ${lateDriverCommand} of the drivers arrives late`;
    cases.push({ story, outcome });
  }
  return cases;
}

/** Every moment from `begin` on, with every way to recover. */
function killsOf(moments: readonly Moment[], begin = 0) {
  return moments.flatMap((_, index) =>
    index < begin ? [] : recoveries.map((recovery) => ({ index, recovery })),
  );
}

/** A fate in one line: `aborted at step 4, slow effect 7, killed at moment 20, resume, killed at moment 3, roll-back`. */
export function fateWords({ abortAt, lives, recoveries: asked }: Fate): string {
  const words = lives.flatMap(({ killAt, trouble }, index) => [
    ...(trouble === undefined ? [] : [`${trouble.kind} effect ${trouble.effect}`]),
    ...(killAt === undefined ? [] : [`killed at moment ${killAt}`]),
    asked[index] ?? asked.at(-1) ?? '',
  ]);
  return (abortAt === undefined ? [] : [`aborted at step ${abortAt}`]).concat(words).join(', ');
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
export function expectAllWell(scenario: TwinScenario, cases: readonly Case[]): void {
  const failed = cases.filter(({ outcome }) => outcome.problems.length > 0);
  const lines = failed.map(({ story, outcome: { status, problems } }) => {
    const more = problems.length > listedProblems ? ` · and ${problems.length - listedProblems} more` : '';
    return `${story} → ${status} | ${problems.slice(0, listedProblems).join(' · ')}${more}`;
  });
  const title = `${scenario.name}: ${failed.length} of ${cases.length} cases fail`;
  expect(failed.length, [title, ...lines, ''].join('\n')).toBe(0);
}
