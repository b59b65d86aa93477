import { type RehearsalFault, rehearsalFaults } from '#shared/migration/rehearsal/fault.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { Guest } from './guests.ts';
import type { Moment, Trouble } from './life.ts';
import { liveThrough, type Outcome, type TwinScenario, undisturbed, type WayOn } from './live-through.ts';
import { type Strike, strikeAt } from './strikes.ts';

/** How a fault comes about. */
type Cause =
  | { readonly trouble: Trouble }
  | { readonly kill: Moment['at']; readonly wayOn: WayOn }
  | { readonly strike: Strike };

const causes: Readonly<Record<RehearsalFault, Cause>> = {
  'refused-once': { trouble: 'refused' },
  'refused-always': { trouble: 'always refused' },
  'answer-lost': { trouble: 'completion lost' },
  'answered-late': { trouble: 'slow' },
  'takes-effect-late': { trouble: 'late' },
  'killed-before-journal': { kill: 'before journal', wayOn: 'resume' },
  'killed-before-journal-back': { kill: 'before journal', wayOn: 'roll-back' },
  'killed-after-journal': { kill: 'after journal', wayOn: 'resume' },
  'killed-after-journal-back': { kill: 'after journal', wayOn: 'roll-back' },
  'wrong-length': { strike: 'wrong-length' },
  'link-down': { strike: 'link-down' },
  'source-host-lost': { strike: 'source-host-lost' },
  'destination-host-lost': { strike: 'destination-host-lost' },
  'source-primary-reset': { strike: 'source-primary-reset' },
  'destination-primary-reset': { strike: 'destination-primary-reset' },
  'source-function-reset': { strike: 'source-function-reset' },
  'destination-function-reset': { strike: 'destination-function-reset' },
};

/** One cell of the matrix: a step of a migration, and what happens there. */
export interface MatrixCase {
  /** 0-based. */
  readonly step: number;
  readonly fault: RehearsalFault;
  readonly how:
    | { readonly kind: 'trouble'; readonly trouble: Trouble; readonly effect: number }
    | { readonly kind: 'kill'; readonly killAt: number; readonly wayOn: WayOn }
    | { readonly kind: 'strike'; readonly strike: Strike };
}

/** What came of a cell. */
export interface MatrixResult {
  readonly step: number;
  readonly fault: RehearsalFault;
  readonly status: string;
  /** What was untrue, or wrong on the devices; empty: nothing. */
  readonly problems: readonly string[];
  readonly run: ProcedureRun | null;
  /** Every copy of every guest when it had ended. */
  readonly guests: readonly Guest[];
  /** How long each guest stood still the last time that it did, milliseconds, by its name. */
  readonly downtimes: ReadonlyMap<string, number>;
}

export interface FaultMatrix {
  /** The migration without any fault. */
  readonly whole: Outcome;
  /** Words of each step, in order. */
  readonly steps: readonly { readonly phase: string; readonly words: string }[];
  readonly cases: readonly MatrixCase[];
}

/**
 * Steps of a migration times what can happen at them, by step and then by fault. Errors: `conflict` where it does not run even
 * without any fault.
 * @param chosen what is left out: everything
 */
export async function faultMatrix(
  scenario: TwinScenario,
  chosen: { readonly faults?: readonly RehearsalFault[]; readonly steps?: readonly number[] | null } = {},
): Promise<Result<FaultMatrix>> {
  const whole = await undisturbed(scenario);
  const { run } = whole;
  const [moments = []] = whole.lives;
  if (run?.status !== 'done')
    return fail('conflict', `${scenario.name} does not come to its end even without a fault.`, {
      object: scenario.name,
      fix: run?.error?.fix ?? 'See why in the details.',
      details: [`it is ${whole.status}`, ...(run?.error ? [run.error.message] : []), ...whole.problems],
    });
  const effects = effectsOf(moments);
  const faults = rehearsalFaults.filter((fault) => chosen.faults?.includes(fault) ?? true);
  const cases = run.plan.steps.flatMap((_, step): MatrixCase[] => {
    if (chosen.steps?.includes(step) === false) return [];
    return faults.flatMap((fault): MatrixCase[] => {
      const cause = causes[fault];
      if ('strike' in cause) return [{ step, fault, how: { kind: 'strike', strike: cause.strike } }];
      if ('trouble' in cause) {
        const effect = effects.get(step);
        const { trouble } = cause;
        return effect === undefined ? [] : [{ step, fault, how: { kind: 'trouble', trouble, effect } }];
      }
      const index = moments.findIndex(
        ({ at, what }) => at === cause.kill && stepsStarted(what).includes(step),
      );
      return [{ step, fault, how: { kind: 'kill', killAt: index + 1, wayOn: cause.wayOn } }];
    });
  });
  return succeed({ whole, steps: run.plan.steps.map(({ phase, words }) => ({ phase, words })), cases });
}

/**
 * The number of the first effect of each step, counted from 1; a step that only looks has none. Of steps that run together
 * each begins with one before any goes on.
 */
function effectsOf(moments: readonly Moment[]): ReadonlyMap<number, number> {
  const first = new Map<number, number>();
  let begun: number[] = [];
  let effects = 0;
  for (const { at, what } of moments) {
    const started = stepsStarted(what);
    if (at === 'before journal' && started.length > 0) begun = started;
    if (at === 'before effect') {
      effects += 1;
      const step = begun.shift();
      if (step !== undefined) first.set(step, effects);
    }
  }
  return first;
}

/** Indices of the steps that the line `step-started 3 4` of the journal is about. */
function stepsStarted(what: string): number[] {
  const indices = /^step-started ((?:\d+ ?)+)$/.exec(what)?.[1];
  return indices === undefined ? [] : indices.split(' ').map(Number);
}

/** Lives one cell through. */
export async function liveMatrixCase(scenario: TwinScenario, one: MatrixCase): Promise<MatrixResult> {
  const { step, fault, how } = one;
  const outcome = await outcomeOf(scenario, step, how);
  const { status, problems, run, guests, downtimes } = outcome;
  return { step, fault, status, problems, run, guests, downtimes };
}

function outcomeOf(
  scenario: TwinScenario,
  step: number,
  how: MatrixCase['how'],
): Promise<Omit<MatrixResult, 'step' | 'fault'>> {
  switch (how.kind) {
    case 'trouble': {
      const lives = [{ trouble: { effect: how.effect, kind: how.trouble } }];
      return liveThrough(scenario, { lives, recoveries: [] });
    }
    case 'kill':
      return liveThrough(scenario, { lives: [{ killAt: how.killAt }], recoveries: [how.wayOn] });
    case 'strike':
      return strikeAt(scenario, step, how.strike);
  }
}
