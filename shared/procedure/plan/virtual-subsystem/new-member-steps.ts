import { virtualSubsystemIdOf } from '../../../fleet/ids.ts';
import { canAssign, largestControllerId, wishedResources } from '../../../fleet/rules/assignment.ts';
import { vfCountNeed } from '../../../fleet/rules/resources.ts';
import type { PrimaryController } from '../../../fleet/schema.ts';
import { controllerTitle, findSecondary, isUnassigned } from '../../../fleet/selectors.ts';
import { bringUp } from '../bring-up-steps.ts';
import type { PlanBuilder } from '../builder.ts';
import { changeVfCount } from '../vf-count-steps.ts';

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
  builder.blockers.push(...memberBlockers(builder, members));
  if (builder.blockers.length > 0) return;
  const secondaries = ids.flatMap((id) => findSecondary(builder.fleet, id) ?? []);
  for (const { id, driver, deviceName } of secondaries) {
    if (driver !== 'nvme') continue;
    if (deviceName !== null) builder.consequences.push(`The host loses ${deviceName}.`);
    builder.add({ kind: 'set-driver', controllerId: id, driver: null }, 'Release');
  }
  const resources = secondaries.map(
    (secondary) => [secondary.id, wishedResources(builder.fleet, secondary, secondaries, {})] as const,
  );
  const need = vfCountNeed(builder.fleet, primary, secondaries);
  if (need.kind === 'raise') changeVfCount(builder, primary.id, need.count);
  for (const [id, wished] of resources) bringUp(builder, id, wished);
  for (const { secondaryId, virtualControllerId } of members)
    builder.add(
      { kind: 'virtual-subsystem-add', secondaryId, nqn, virtualControllerId },
      'Virtual subsystem',
    );
}

function memberBlockers(builder: PlanBuilder, members: readonly NewMember[]): string[] {
  const seen = new Set<number>();
  return members.flatMap(({ secondaryId, virtualControllerId: id }) => {
    const secondary = findSecondary(builder.fleet, secondaryId);
    if (secondary === undefined) return [];
    const reasons: string[] = [];
    const title = controllerTitle(secondary);
    if (!isUnassigned(secondary)) reasons.push(`${title} is in use. Return it to the pool first.`);
    if (id > largestControllerId)
      reasons.push(
        `Virtual id ${id} of ${title} is reserved; use 0 to ${largestControllerId} (NVMe Base 2.1, 3.1.3.1).`,
      );
    if (seen.has(id)) reasons.push(`Virtual id ${id} is wanted twice. Give ${title} another one.`);
    seen.add(id);
    return reasons;
  });
}
