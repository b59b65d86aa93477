import { virtualMachineIdOf, virtualSubsystemIdOf } from '../fleet/ids.ts';
import type { ProcedureRun } from '../procedure/procedure.ts';
import { definitionOf, type Step } from '../procedure/step.ts';
import { machineParts } from '../procedure/steps/titles.ts';

const known = new WeakMap<ProcedureRun['plan'], ReadonlySet<string>>();

/** Ids of the controllers, virtual machines and virtual subsystems that a procedure takes into its hands. */
export function objectsOfRun({ plan }: Pick<ProcedureRun, 'plan'>): ReadonlySet<string> {
  const before = known.get(plan);
  if (before !== undefined) return before;
  const ids = new Set<string>();
  for (const { step } of plan.steps) for (const id of objectsOfStep(step)) ids.add(id);
  known.set(plan, ids);
  return ids;
}

/** The same of one step. */
export function objectsOfStep(step: Step): string[] {
  const { controllers = [], machines = [] } = definitionOf(step).targets(step);
  const ids = [...controllers, ...machines, ...createdSubsystems({ steps: [{ step }] })];
  if (step.kind === 'vm-create-incoming') ids.push(virtualMachineIdOf(step.hostId, step.name));
  if (step.kind === 'vm-send-memory' || step.kind === 'vm-pre-copy')
    ids.push(virtualMachineIdOf(step.destinationHostId, machineParts(step.virtualMachineId).name));
  return ids;
}

/** Ids of the virtual subsystems that a plan creates. */
export function createdSubsystems({
  steps,
}: {
  readonly steps: readonly Pick<ProcedureRun['plan']['steps'][number], 'step'>[];
}): string[] {
  return steps.flatMap(({ step }) =>
    step.kind === 'virtual-subsystem-create' ? [virtualSubsystemIdOf(step.primaryId, step.nqn)] : [],
  );
}
