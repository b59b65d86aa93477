import { cleanUpBlockers } from '../../fleet/rules/taking-back.ts';
import { findSecondary } from '../../fleet/selectors.ts';
import type { Result } from '../../result.ts';
import type { Intent } from '../intent.ts';
import type { Plan } from '../procedure.ts';
import { type PlanBuilder, refusal } from './builder.ts';
import { clearSource } from './clean-up-steps.ts';
import { controllersTitle } from './titles.ts';

type CleanUpIntent = Extract<Intent, { kind: 'clean-up-source' }>;
const phase = 'Clean up';

/**
 * Takes back what a migration left at its source, in the order of a migration's own clean-up: the rest of the virtual
 * machine, the driver, the identity, and only then the reset, so that no second controller runs with the guest's identity.
 */
export function planCleanUpSource(builder: PlanBuilder, intent: CleanUpIntent): Result<Plan> {
  const { fleet } = builder;
  const ids = [...new Set(intent.secondaryIds)];
  const secondaries = ids.flatMap((id) => findSecondary(fleet, id) ?? []);
  const title = secondaries.length === 0 ? 'Clean up' : `Clean up ${controllersTitle(fleet, secondaries)}`;
  if (secondaries.length < ids.length)
    return refusal('Clean up', ['Choose secondary controllers of this fleet.']);
  builder.blockers.push(
    ...secondaries.flatMap((secondary) => cleanUpBlockers(fleet, secondary, intent.virtualMachineId)),
  );
  if (builder.blockers.length > 0) return builder.finish(title, intent, '');
  const { virtualMachineId } = intent;
  if (virtualMachineId !== null && fleet.virtualMachines[virtualMachineId] !== undefined)
    builder.add({ kind: 'vm-destroy', virtualMachineId }, phase);
  clearSource(
    builder,
    secondaries.map(({ id }) => id),
    intent.virtualSubsystemIds,
    intent,
    phase,
  );
  return builder.finish(title, intent, 'Nothing is left to clean up.');
}
