import type { Fleet } from '../../fleet/schema.ts';
import { findSecondary } from '../../fleet/selectors.ts';
import { withLayers } from '../plan/builder.ts';
import type { ProcedureRun } from '../procedure.ts';
import { definitionOf, type Step } from '../step.ts';
import { goesBack, onlyGoesForward } from '../step-outcome.ts';
import { withResources } from '../steps/predictions.ts';

/**
 * The fleet for which a migration is planned while others are under way: everything that those may still take is taken, and
 * nothing that they may still give back is free. So whatever comes of them, what is planned fits beside them.
 *
 * Their open steps before the point of no return are foreseen; what their clean-up will free counts when it is free. Of each
 * secondary controller that they resize, the most that it holds now, will hold, or would hold again after a way back is held.
 */
export function fleetAhead(fleet: Fleet, runs: readonly ProcedureRun[]): Fleet {
  if (runs.length === 0) return fleet;
  const before = known.get(fleet);
  if (before !== undefined && isSame(before.runs, runs)) return before.ahead;
  const ahead = lookAhead(fleet, runs);
  known.set(fleet, { runs, ahead });
  return ahead;
}

/** What was looked at last of each fleet: the checks, the plan and the start of one migration ask in one turn. */
const known = new WeakMap<Fleet, { readonly runs: readonly ProcedureRun[]; readonly ahead: Fleet }>();

function isSame(one: readonly ProcedureRun[], other: readonly ProcedureRun[]): boolean {
  return one.length === other.length && one.every((run, index) => run === other[index]);
}

function lookAhead(fleet: Fleet, runs: readonly ProcedureRun[]): Fleet {
  const ahead = runs.reduce((next, run) => applied(next, openSteps(run)), fleet);
  const back = runs.reduce((next, run) => applied(next, wayBack(run)), fleet);
  const resized = new Set(runs.flatMap(({ plan }) => plan.steps.flatMap(({ step }) => resizes(step))));
  return [...resized].reduce((next, id) => holdingMost(next, id, [fleet, back]), ahead);
}

function applied(fleet: Fleet, steps: readonly Step[]): Fleet {
  return steps.reduce((next, step) => withLayers(definitionOf(step).predict(step, next)), withLayers(fleet));
}

/** What a run that goes forward still does before its point of no return. */
function openSteps(run: ProcedureRun): Step[] {
  if (goesBack(run) || run.status !== 'running') return [];
  const { pointOfNoReturn, steps } = run.plan;
  return steps
    .slice(0, pointOfNoReturn ?? steps.length)
    .flatMap(({ step }, index) => (run.steps[index]?.status === 'done' ? [] : [step]));
}

/** What would take back what a run has done, last step first; nothing where there is no way back any more. */
function wayBack(run: ProcedureRun): Step[] {
  if (onlyGoesForward(run)) return [];
  return run.plan.steps
    .flatMap(({ inverse }, index) => {
      const status = run.steps[index]?.status;
      return status === 'waiting' || status === 'skipped' || status === 'undone' ? [] : [inverse ?? []];
    })
    .reverse()
    .flat();
}

function resizes(step: Step): string[] {
  return step.kind === 'secondary-assign' || step.kind === 'secondary-offline' ? [step.secondaryId] : [];
}

function holdingMost(fleet: Fleet, id: string, others: readonly Fleet[]): Fleet {
  const held = [fleet, ...others].flatMap((one) => findSecondary(one, id) ?? []);
  const most = (of: 'nvq' | 'nvi') => Math.max(0, ...held.map((secondary) => secondary[of]));
  return withResources(withResources(fleet, id, 'VQ', most('nvq')), id, 'VI', most('nvi'));
}
