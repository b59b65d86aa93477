import type { Fleet, VirtualMachine } from '../../fleet/schema.ts';
import { hostTitle } from '../../fleet/selectors.ts';
import { auditOfRun } from '../../ownership/audit.ts';
import { objectsOfRun } from '../../ownership/run-objects.ts';
import { type Result, succeed } from '../../result.ts';
import type { CutOffGuest } from '../agreement.ts';
import { interruptionsOf } from '../interruptions.ts';
import { PlanBuilder, type PlanOptions, refusal } from '../plan/builder.ts';
import type { Plan, ProcedureRun } from '../procedure.ts';
import { definitionOf, type PlannedStep, type Step } from '../step.ts';
import { firstOpenStep, goesBack, mayBeDone, onlyGoesForward } from '../step-outcome.ts';
import { type Recovery, type RecoveryState, recoverySchema } from './recovery.ts';

/** What going on with an interrupted procedure in one way does. */
export interface PlannedRecovery {
  /** Its steps are empty where nothing would run. */
  readonly plan: Plan;
  readonly guestsCutOff: readonly CutOffGuest[];
}

/**
 * The steps that an interrupted run would take from here: what is left of its plan, or the inverses of what it did and may
 * have done, last step first. Nothing is planned anew: it foresees what the runner does with the journal, for a person to
 * look at. Pure.
 * @param fleet The fleet of the run as it is now; null: another one is open, on which nothing of it can run.
 */
export function planRecovery(
  fleet: Fleet | null,
  run: ProcedureRun,
  how: Recovery,
  options: PlanOptions = {},
): Result<PlannedRecovery> {
  const title = `${recoveryTitles[how]}: ${run.plan.title}`;
  const refusals = recoveryRefusals(fleet, run, how);
  if (refusals.length > 0) return refusal(title, refusals);
  const { intent } = run.plan;
  const steps = recoverySteps(fleet, run, how, options);
  if (fleet === null || how === 'dismiss') {
    const warnings = fleet === null ? [] : standstillWarnings(fleet, run);
    const plan: Plan = { title, intent, steps, consequences: [], warnings, pointOfNoReturn: null };
    return succeed({ plan, guestsCutOff: [] });
  }
  const losses = interruptionsOf(
    fleet,
    steps.map(({ step }) => step),
    // A migration gives the drives of a guest that stands still back, on one side or the other.
    ({ state }) => intent.kind !== 'migrate' || state === 'running',
  );
  const plan: Plan = {
    ...{ title, intent, steps },
    consequences: [...losses.lines, ...(how === 'roll-back' ? unreturnable(run) : [])],
    pointOfNoReturn: how === 'resume' ? returnLeft(run, steps) : null,
  };
  return succeed({ plan, guestsCutOff: losses.guests });
}

/** What is known of an interrupted run, for the decision how it goes on. `fleet` as for `planRecovery`. Pure. */
export function recoveryStateOf(fleet: Fleet | null, run: ProcedureRun): RecoveryState {
  return {
    title: run.plan.title,
    startedAt: run.startedAt,
    stepCount: run.plan.steps.length,
    begun: run.plan.steps.flatMap(({ words, step }, index): RecoveryState['begun'] => {
      const stepRun = run.steps[index];
      if (stepRun === undefined) return [];
      if (mayBeDone(stepRun)) return [{ index, words, became: 'uncertain', seen: lookAt(fleet, step) }];
      const { status, readBack: seen, error } = stepRun;
      if (status === 'done' || status === 'undone') return [{ index, words, became: status, seen }];
      return status === 'failed' ? [{ index, words, became: 'failed', seen: error?.message ?? seen }] : [];
    }),
    findings: fleet === null ? [] : auditOfRun(fleet, run, []).map(({ title }) => title),
    ways: recoverySchema.options.map((how) => {
      const refusals = recoveryRefusals(fleet, run, how);
      return { how, refusals, stepCount: refusals.length > 0 ? 0 : recoverySteps(fleet, run, how).length };
    }),
  };
}

const recoveryTitles: Readonly<Record<Recovery, string>> = {
  resume: 'Resume',
  'roll-back': 'Roll back',
  dismiss: 'Leave as it is',
};

function recoveryRefusals(fleet: Fleet | null, run: ProcedureRun, how: Recovery): string[] {
  if (run.status !== 'interrupted')
    return ['Only an interrupted procedure can be resumed, rolled back or left as it is.'];
  if (how === 'dismiss') return [];
  if (fleet === null)
    return [`It belongs to ${run.fleetName}, which is not open. Open ${run.fleetName} first.`];
  if (how === 'resume')
    return goesBack(run)
      ? ['Its way back had begun when Berth ended, and it cannot go forward from there. Roll it back.']
      : [];
  return onlyGoesForward(run)
    ? [
        'It had passed its point of no return, from which it only goes forward. Resume it, or leave it as it is.',
      ]
    : [];
}

/** What would run; nothing on a fleet that is not open. */
function recoverySteps(
  fleet: Fleet | null,
  run: ProcedureRun,
  how: Recovery,
  options: PlanOptions = {},
): PlannedStep[] {
  if (fleet === null) return [];
  switch (how) {
    case 'resume':
      return stepsLeft(fleet, run, options);
    case 'roll-back':
      return stepsBack(fleet, run, options);
    case 'dismiss':
      return [];
  }
}

function stepsLeft(fleet: Fleet, run: ProcedureRun, options: PlanOptions): PlannedStep[] {
  const first = firstOpenStep(run);
  const [next, ...behind] = run.plan.steps.slice(first);
  const stepRun = run.steps[first];
  if (next === undefined) return [];
  if (stepRun === undefined || !mayBeDone(stepRun)) return [next, ...behind];
  const builder = new PlanBuilder(fleet, options);
  for (const step of definitionOf(next.step).beforeRepeat?.(next.step) ?? [])
    builder.add(step, `Before step ${first + 1} is repeated`, { undoneBy: [] });
  return [...builder.steps, { ...next, phase: `Step ${first + 1}, if not done` }, ...behind];
}

/** `left`: the steps that would run, the last of which are those of the plan. */
function returnLeft(run: ProcedureRun, left: readonly PlannedStep[]): number | null {
  const { steps, pointOfNoReturn } = run.plan;
  // Behind the last step there is no way back to lose.
  if (pointOfNoReturn === null || firstOpenStep(run) >= steps.length) return null;
  return Math.max(0, left.length - (steps.length - pointOfNoReturn));
}

/** What is there already is listed as well: the run looks before each of them, and what it finds may be another by then. */
function stepsBack(fleet: Fleet, run: ProcedureRun, options: PlanOptions): PlannedStep[] {
  const builder = new PlanBuilder(fleet, options);
  for (const [index, { inverse }] of [...run.plan.steps.entries()].reverse()) {
    const stepRun = run.steps[index];
    if (stepRun === undefined || (stepRun.status !== 'done' && !mayBeDone(stepRun))) continue;
    const phase = stepRun.status === 'done' ? `Undoes step ${index + 1}` : `If step ${index + 1} took effect`;
    for (const step of inverse ?? []) builder.add(step, phase, { undoneBy: [] });
  }
  return builder.steps;
}

/** What of a run its way back cannot take back. */
function unreturnable(run: ProcedureRun): string[] {
  return run.plan.steps.flatMap(({ inverse, words }, index) => {
    const stepRun = run.steps[index];
    if (inverse !== null || stepRun === undefined) return [];
    if (stepRun.status === 'done') return [`Step ${index + 1} cannot be undone: ${words}.`];
    return mayBeDone(stepRun) ? [`Step ${index + 1}, if it took effect, cannot be undone: ${words}.`] : [];
  });
}

function standstillWarnings(fleet: Fleet, run: ProcedureRun): NonNullable<Plan['warnings']> {
  return [...objectsOfRun(run)].flatMap((id) => {
    const machine = fleet.virtualMachines[id];
    const words = machine === undefined ? null : standstill(fleet, machine);
    return words === null ? [] : [{ id: `left:${id}`, words }];
  });
}

function standstill(fleet: Fleet, { name, hostId, state }: VirtualMachine): string | null {
  const host = hostTitle(fleet, hostId);
  switch (state) {
    case 'paused':
      return `${name} stands paused on ${host}, and stays so until you resume it.`;
    case 'incoming':
      return `${name} waits on ${host} for an incoming migration that will not come.`;
    case 'running':
    case 'stopped':
      return null;
  }
}

/** What a look at the fleet shows of a step that may be done. */
function lookAt(fleet: Fleet | null, step: Step): string {
  const definition = definitionOf(step);
  if (fleet === null) return 'Its fleet is not open.';
  if (definition.sets(step).length === 0)
    return 'A look at the fleet cannot tell, so Resume does it again and Roll back undoes it.';
  const { holds, readBack } = definition.effect(step, fleet);
  return `As the fleet was last read, its effect ${holds ? 'is there' : 'is not there'}: ${readBack}. Resume and Roll back look at that again first.`;
}
