import { secondaryChangeBlockers } from '../../../fleet/rules/change-blockers.ts';
import { togetherBlockers } from '../../../fleet/rules/together.ts';
import {
  controllerTitle,
  findPrimary,
  virtualSubsystemOf,
  virtualSubsystemTitle,
} from '../../../fleet/selectors.ts';
import type { Result } from '../../../result.ts';
import type { Intent } from '../../intent.ts';
import type { Plan } from '../../procedure.ts';
import { type PlanBuilder, refusal } from '../builder.ts';
import { controllersTitle } from '../titles.ts';
import { choose } from '../whole-selection/choose.ts';
import { createSubsystem } from './create-subsystem-steps.ts';
import { addNewMembers } from './new-member-steps.ts';
import { onSubsystems, subsystemsTitle } from './on-subsystems.ts';

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
  const ids = [...new Set(intent.virtualSubsystemIds)];
  const title = `Delete ${subsystemsTitle(builder.fleet, ids, 'virtual subsystem')}`;
  const tooMany = togetherBlockers(ids.length, 'virtual subsystem');
  if (tooMany.length > 0) return refusal(title, tooMany);
  return onSubsystems(builder, ids, title, intent, ({ primaryId, nqn }) =>
    builder.add({ kind: 'virtual-subsystem-delete', primaryId, nqn }, phase),
  );
}

export function planRemoveFromVirtualSubsystem(
  builder: PlanBuilder,
  intent: Extract<Intent, { kind: 'remove-from-virtual-subsystem' }>,
): Result<Plan> {
  const { fleet } = builder;
  const { changed, reasons } = choose(
    builder,
    'secondary',
    intent.secondaryIds,
    (secondary) => virtualSubsystemOf(fleet, secondary) === undefined,
    { one: 'is not in a virtual subsystem', several: 'are not in a virtual subsystem' },
  );
  const places = new Set(changed.flatMap(({ virtualSubsystemId }) => virtualSubsystemId ?? []));
  const title = `Remove ${controllersTitle(fleet, changed)} from ${subsystemsTitle(fleet, [...places])}`;
  if (reasons.length > 0) return refusal(title, reasons);
  for (const secondary of changed) {
    builder.block(secondary, secondaryChangeBlockers(fleet, secondary));
    const nqn = virtualSubsystemOf(fleet, secondary)?.nqn ?? '';
    builder.add({ kind: 'virtual-subsystem-remove', secondaryId: secondary.id, nqn }, phase);
  }
  return builder.finish(title, intent, '');
}
