import { virtualMachineIdOf, virtualSubsystemIdOf } from '../fleet/ids.ts';
import type { ProcedureRun } from '../procedure/procedure.ts';
import { definitionOf } from '../procedure/step.ts';

const known = new WeakMap<ProcedureRun['plan'], ReadonlySet<string>>();

/** Ids of the controllers, virtual machines and virtual subsystems that a procedure takes into its hands. */
export function objectsOfRun({ plan }: Pick<ProcedureRun, 'plan'>): ReadonlySet<string> {
  const before = known.get(plan);
  if (before !== undefined) return before;
  const ids = new Set<string>();
  for (const { step } of plan.steps) {
    const { controllers = [], machines = [] } = definitionOf(step).targets(step);
    for (const id of [...controllers, ...machines]) ids.add(id);
    if (step.kind === 'vm-create-incoming') ids.add(virtualMachineIdOf(step.hostId, step.name));
    if (step.kind === 'vm-send-memory')
      ids.add(
        virtualMachineIdOf(
          step.destinationHostId,
          step.virtualMachineId.slice(step.virtualMachineId.indexOf(':') + 1),
        ),
      );
    for (const id of createdSubsystems({ steps: [{ step }] })) ids.add(id);
  }
  known.set(plan, ids);
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
