import { blockerWords } from '../../../fleet/rules/blocker.ts';
import { secondaryChangeBlockers } from '../../../fleet/rules/change-blockers.ts';
import { hostDriverBlockers } from '../../../fleet/rules/secondary-use.ts';
import { reservedIdBlocker } from '../../../fleet/rules/virtual-controller-ids.ts';
import type { Fleet } from '../../../fleet/schema.ts';
import { controllerTitle, findSecondary } from '../../../fleet/selectors.ts';
import type { Result } from '../../../result.ts';
import { identityBlockers } from '../../../virtual-subsystem/identity/identity-rules.ts';
import type { Intent } from '../../intent.ts';
import type { Plan } from '../../procedure.ts';
import type { PlanBuilder } from '../builder.ts';
import { onSubsystems, subsystemsTitle } from './on-subsystems.ts';

const phase = 'Virtual subsystem';

/** Gives several virtual subsystems the same mask: those of one virtual NQN on all hosts, for example. */
export function planSetExposedCapabilities(
  builder: PlanBuilder,
  intent: Extract<Intent, { kind: 'set-exposed-capabilities' }>,
): Result<Plan> {
  const { fleet } = builder;
  const { virtualSubsystemIds: ids, exposed } = intent;
  const title = `Narrow what ${subsystemsTitle(fleet, ids)} exposes`;
  return onSubsystems(builder, ids, title, intent, ({ primaryId, nqn }) =>
    builder.add({ kind: 'virtual-subsystem-set-capabilities', primaryId, nqn, exposed }, phase),
  );
}

export function planSetVirtualIdentity(
  builder: PlanBuilder,
  intent: Extract<Intent, { kind: 'set-virtual-identity' }>,
): Result<Plan> {
  const { fleet } = builder;
  const { virtualSubsystemIds: ids, identity } = intent;
  const title = `Change the identity of ${subsystemsTitle(fleet, ids)}`;
  return onSubsystems(builder, ids, title, intent, ({ primaryId, nqn }) => {
    builder.blockers.push(...identityBlockers(identity));
    builder.add({ kind: 'virtual-subsystem-set-identity', primaryId, nqn, identity }, phase);
  });
}

/**
 * Gives members other virtual ids, each named once. All leave before the first comes back, so that ids can be exchanged.
 */
export function planRenumber(
  builder: PlanBuilder,
  intent: Extract<Intent, { kind: 'renumber-virtual-controllers' }>,
): Result<Plan> {
  const { fleet } = builder;
  const { virtualSubsystemId, members } = intent;
  const title = `Renumber ${subsystemsTitle(fleet, [virtualSubsystemId])}`;
  return onSubsystems(builder, [virtualSubsystemId], title, intent, (subsystem) => {
    const named = members.map(({ secondaryId }) => secondaryId);
    for (const id of new Set(named.filter((one, index) => named.indexOf(one) !== index)))
      builder.blockers.push(`${titleOfSecondary(fleet, id)} is named twice. Give it one virtual id.`);
    const changes = members.filter(({ secondaryId, virtualControllerId }) => {
      const member = subsystem.members.find(({ controllerId }) => controllerId === secondaryId);
      if (member === undefined) builder.blockers.push(`${secondaryId} is not a member. Add it first.`);
      const reserved = reservedIdBlocker({ virtualControllerId, who: titleOfSecondary(fleet, secondaryId) });
      if (reserved !== null) builder.blockers.push(blockerWords(reserved));
      return member !== undefined && member.virtualControllerId !== virtualControllerId;
    });
    const { nqn } = subsystem;
    for (const { secondaryId } of changes) {
      const secondary = findSecondary(fleet, secondaryId);
      if (secondary !== undefined)
        builder.blockers.push(...secondaryChangeBlockers(fleet, secondary), ...hostDriverBlockers(secondary));
      builder.add({ kind: 'virtual-subsystem-remove', secondaryId, nqn }, phase);
    }
    for (const { secondaryId, virtualControllerId } of changes)
      builder.add({ kind: 'virtual-subsystem-add', secondaryId, nqn, virtualControllerId }, phase);
  });
}

function titleOfSecondary(fleet: Fleet, id: string): string {
  const secondary = findSecondary(fleet, id);
  return secondary === undefined ? id : controllerTitle(secondary);
}
