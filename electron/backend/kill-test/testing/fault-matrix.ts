import { undisturbed } from './cases.ts';
import { type KillScenario, liveThrough, type WayOn } from './kill-case.ts';
import type { Moment, Trouble } from './life.ts';
import { type Strike, strikeAt, strikes } from './strikes.ts';

/** What goes wrong with the first thing that a step changes. */
const troubles = [
  'refused',
  'always refused',
  'completion lost',
  'slow',
  'late',
] as const satisfies readonly Trouble[];
const kills = ['before journal', 'after journal'] as const satisfies readonly Moment['at'][];
const waysOn = ['resume', 'roll-back'] as const satisfies readonly WayOn[];

/** One cell of the matrix: a step of a migration, and what happens there. */
export type MatrixCase =
  | { readonly kind: 'trouble'; readonly step: number; readonly trouble: Trouble; readonly effect: number }
  | {
      readonly kind: 'kill';
      readonly step: number;
      readonly at: Moment['at'];
      readonly killAt: number;
      readonly wayOn: WayOn;
    }
  | { readonly kind: 'strike'; readonly step: number; readonly strike: Strike };

export interface MatrixResult {
  readonly step: number;
  /** Name of the column. */
  readonly fault: string;
  readonly status: string;
  readonly problems: readonly string[];
}

export interface FaultMatrix {
  /** Words of each step, in order. */
  readonly steps: readonly { readonly phase: string; readonly words: string }[];
  readonly cases: readonly MatrixCase[];
}

/** Every step of a migration times everything that can happen at it. */
export async function faultMatrix(scenario: KillScenario): Promise<FaultMatrix> {
  const whole = await undisturbed(scenario);
  const { run } = whole;
  const [moments = []] = whole.lives;
  if (run?.status !== 'done')
    throw new Error(`${scenario.name} is ${whole.status}: ${whole.problems.join(' · ')}`);
  const effects = effectsOf(moments);
  const cases = run.plan.steps.flatMap((_, step): MatrixCase[] => [
    ...troubles.flatMap((trouble): MatrixCase[] => {
      const effect = effects.get(step);
      return effect === undefined ? [] : [{ kind: 'trouble', step, trouble, effect }];
    }),
    ...kills.flatMap((at) =>
      waysOn.map((wayOn): MatrixCase => {
        const index = moments.findIndex(
          (moment) => moment.at === at && moment.what === `step-started ${step}`,
        );
        return { kind: 'kill', step, at, killAt: index + 1, wayOn };
      }),
    ),
    ...strikes.map((strike): MatrixCase => ({ kind: 'strike', step, strike })),
  ]);
  return { steps: run.plan.steps.map(({ phase, words }) => ({ phase, words })), cases };
}

/** The number of the first effect of each step, counted from 1; a step that only looks has none. */
function effectsOf(moments: readonly Moment[]): ReadonlyMap<number, number> {
  const first = new Map<number, number>();
  let step = -1;
  let effects = 0;
  for (const { at, what } of moments) {
    const started = /^step-started (\d+)$/.exec(what);
    if (at === 'before journal' && started !== null) step = Number(started[1]);
    if (at === 'before effect') {
      effects += 1;
      if (step >= 0 && !first.has(step)) first.set(step, effects);
    }
  }
  return first;
}

/** Lives one cell through. */
export async function liveMatrixCase(scenario: KillScenario, one: MatrixCase): Promise<MatrixResult> {
  const { step } = one;
  switch (one.kind) {
    case 'trouble': {
      const { trouble, effect } = one;
      const lives = [{ trouble: { effect, kind: trouble } }];
      const { status, problems } = await liveThrough(scenario, { lives, recoveries: [] });
      return { step, fault: troubleWords[trouble], status, problems };
    }
    case 'kill': {
      const { at, killAt, wayOn } = one;
      const { status, problems } = await liveThrough(scenario, { lives: [{ killAt }], recoveries: [wayOn] });
      return { step, fault: `killed ${at}, ${wayOn}`, status, problems };
    }
    case 'strike': {
      const { status, problems } = await strikeAt(scenario, step, one.strike);
      return { step, fault: one.strike, status, problems };
    }
  }
}

const troubleWords: Readonly<Record<Trouble, string>> = {
  refused: 'refused once',
  'always refused': 'refused for good',
  'completion lost': 'answer lost',
  slow: 'answered late',
  late: 'takes effect after its timeout',
};
