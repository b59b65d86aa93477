import { controllerChangeBlockers, secondaryChangeBlockers } from '../../../fleet/rules/change-blockers.ts';
import {
  controllerTitle,
  findPrimary,
  findSecondary,
  virtualSubsystemOf,
  virtualSubsystemTitle,
} from '../../../fleet/selectors.ts';
import type { Result } from '../../../result.ts';
import type { Intent } from '../../intent.ts';
import type { Plan } from '../../procedure.ts';
import { type PlanBuilder, refusal } from '../builder.ts';
import { createSubsystem } from './create-subsystem-steps.ts';
import { addNewMembers } from './new-member-steps.ts';

type CreateIntent = Extract<Intent, { kind: 'create-virtual-subsystem' }>;
const phase = 'Virtual subsystem';

export function planCreateVirtualSubsystem(builder: PlanBuilder, intent: CreateIntent): Result<Plan> {
  const { fleet } = builder;
  const { primaryId, nqn } = intent;
  const primary = findPrimary(fleet, primaryId);
  if (primary === undefined)
    return refusal('Create a virtual subsystem', [`${primaryId} is not a primary controller of the fleet.`]);
  const title = `Create virtual subsystem ${virtualSubsystemTitle({ nqn })} on ${controllerTitle(primary)}`;
  createSubsystem(builder, primary, intent);
  if (builder.blockers.length === 0) addNewMembers(builder, primary, nqn, intent.members ?? []);
  return builder.finish(title, intent, 'It already exists.');
}

export function planDeleteVirtualSubsystem(
  builder: PlanBuilder,
  intent: Extract<Intent, { kind: 'delete-virtual-subsystem' }>,
): Result<Plan> {
  const { fleet } = builder;
  const subsystem = fleet.virtualSubsystems[intent.virtualSubsystemId];
  const primary = subsystem && findPrimary(fleet, subsystem.primaryId);
  if (subsystem === undefined || primary === undefined)
    return refusal('Delete the virtual subsystem', ['That virtual subsystem no longer exists.']);
  builder.blockers.push(
    ...controllerChangeBlockers(fleet, primary, 'changeControllers', 'virtualSubsystems'),
  );
  const { primaryId, nqn } = subsystem;
  builder.add({ kind: 'virtual-subsystem-delete', primaryId, nqn }, phase);
  return builder.finish(`Delete virtual subsystem ${virtualSubsystemTitle(subsystem)}`, intent, '');
}

export function planRemoveFromVirtualSubsystem(
  builder: PlanBuilder,
  intent: Extract<Intent, { kind: 'remove-from-virtual-subsystem' }>,
): Result<Plan> {
  const { fleet } = builder;
  const secondary = findSecondary(fleet, intent.secondaryId);
  if (secondary === undefined)
    return refusal('Remove from the virtual subsystem', [
      `${intent.secondaryId} is not a secondary controller of the fleet.`,
    ]);
  const subsystem = virtualSubsystemOf(fleet, secondary);
  const name = controllerTitle(secondary);
  if (subsystem === undefined) return refusal(`Remove ${name}`, [`${name} is not in a virtual subsystem.`]);
  builder.blockers.push(...secondaryChangeBlockers(fleet, secondary));
  builder.add({ kind: 'virtual-subsystem-remove', secondaryId: secondary.id, nqn: subsystem.nqn }, phase);
  return builder.finish(`Remove ${name} from ${virtualSubsystemTitle(subsystem)}`, intent, '');
}
