import { virtualSubsystemIdOf } from '../../../fleet/ids.ts';
import { canAssign, resourcesTogether } from '../../../fleet/rules/assignment.ts';
import { blockerWords } from '../../../fleet/rules/blocker.ts';
import { vfCountNeed } from '../../../fleet/rules/resources.ts';
import { assignedBlocker } from '../../../fleet/rules/secondary-use.ts';
import { virtualIdBlockers } from '../../../fleet/rules/virtual-controller-ids.ts';
import type { PrimaryController } from '../../../fleet/schema.ts';
import { controllerTitle, findSecondary } from '../../../fleet/selectors.ts';
import { bringUpTogether } from '../bring-up-steps.ts';
import type { PlanBuilder } from '../builder.ts';
import { joinAndAttach } from '../member-steps.ts';
import { changeVfCount } from '../vf-count-steps.ts';

/** A free secondary controller and the virtual controller id that it gets. */
interface NewMember {
  readonly secondaryId: string;
  readonly virtualControllerId: number;
}

/** Adds the steps that configure free secondaries and make them members of a virtual subsystem that is there by then. */
export function addNewMembers(
  builder: PlanBuilder,
  primary: PrimaryController,
  nqn: string,
  members: readonly NewMember[],
): void {
  if (members.length === 0) return;
  const ids = members.map(({ secondaryId }) => secondaryId);
  const virtualSubsystemId = virtualSubsystemIdOf(primary.id, nqn);
  const verdict = canAssign(builder.fleet, ids, { kind: 'virtual-subsystem', virtualSubsystemId });
  if (!verdict.allowed) builder.blockers.push(...verdict.reasons);
  builder.blockers.push(...memberBlockers(builder, virtualSubsystemId, members));
  if (builder.blockers.length > 0) return;
  const secondaries = ids.flatMap((id) => findSecondary(builder.fleet, id) ?? []);
  for (const { id, driver, deviceName } of secondaries) {
    if (driver !== 'nvme') continue;
    if (deviceName !== null) builder.consequences.push(`The host loses ${deviceName}.`);
    builder.add({ kind: 'set-driver', controllerId: id, driver: null }, 'Release');
  }
  const wishes = resourcesTogether(builder.fleet, secondaries);
  const need = vfCountNeed(builder.fleet, primary, secondaries);
  if (need.kind === 'raise') changeVfCount(builder, primary.id, need.count, wishes);
  bringUpTogether(builder, wishes);
  joinAndAttach(
    builder,
    members.map(({ secondaryId, virtualControllerId }) => ({
      ...{ secondaryId, as: { nqn, virtualControllerId }, namespaces: [] },
    })),
  );
}

function memberBlockers(
  { fleet }: PlanBuilder,
  virtualSubsystemId: string,
  members: readonly NewMember[],
): string[] {
  const subsystem = fleet.virtualSubsystems[virtualSubsystemId];
  const found = members.flatMap(({ secondaryId, virtualControllerId }) => {
    const secondary = findSecondary(fleet, secondaryId);
    return secondary === undefined ? [] : [{ secondary, virtualControllerId }];
  });
  const wishes = found.map(({ secondary, virtualControllerId }) => ({
    virtualControllerId,
    who: controllerTitle(secondary),
  }));
  return [
    ...found.flatMap(({ secondary }) => assignedBlocker(fleet, secondary) ?? []),
    ...(subsystem === undefined ? [] : virtualIdBlockers(subsystem, wishes)),
  ].map(blockerWords);
}
