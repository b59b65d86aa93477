import { namesAmong } from '../../fleet/drive-names.ts';
import { canAssign, outsidePool, resourcesTogether } from '../../fleet/rules/assignment.ts';
import { vfCountNeed } from '../../fleet/rules/resources.ts';
import { startsOver } from '../../fleet/rules/taking-back.ts';
import type { Fleet, SecondaryController } from '../../fleet/schema.ts';
import { findPrimary, findSecondary, isInPool, virtualSubsystemTitle } from '../../fleet/selectors.ts';
import type { Result } from '../../result.ts';
import type { Intent } from '../intent.ts';
import type { Plan } from '../procedure.ts';
import { type BringUp, bringUpTogether } from './bring-up-steps.ts';
import { type PlanBuilder, refusal } from './builder.ts';
import { releaseSecondaries } from './clean-up-steps.ts';
import { joinAndAttach, newcomersOf } from './member-steps.ts';
import { controllersTitle } from './titles.ts';
import { changeVfCount } from './vf-count-steps.ts';
import { showToVfio } from './visibility-steps.ts';
import { inPool, leftWords } from './whole-selection/choose.ts';

type AssignIntent = Extract<Intent, { kind: 'assign' }>;

/** Assigns secondary controllers to a virtual subsystem, to a virtual machine, or back to the pool. */
export function planAssign(builder: PlanBuilder, intent: AssignIntent): Result<Plan> {
  const { fleet } = builder;
  const ids = [...new Set(intent.secondaryIds)];
  const secondaries = ids.flatMap((id) => findSecondary(fleet, id) ?? []);
  const title = assignTitle(fleet, intent, secondaries);
  const verdict = canAssign(fleet, ids, intent.target, intent);
  if (!verdict.allowed) return refusal(title, verdict.reasons);
  if (intent.target.kind === 'pool') {
    const moved = outsidePool(secondaries);
    builder.about(moved);
    const left = secondaries.filter(isInPool).map(namesAmong(fleet, secondaries));
    if (left.length > 0) builder.left.push(leftWords(left, inPool));
    releaseSecondaries(
      builder,
      moved.map(({ id }) => id),
      { leaveSubsystem: true, detachNamespaces: true },
    );
    return builder.finish(title, intent, 'They are already in the pool.');
  }
  builder.about(secondaries);
  const wishes = resourcesTogether(fleet, secondaries, intent);
  leaveOldPlaces(builder, secondaries, intent);
  raiseVfCounts(builder, secondaries, wishes);
  bringUpTogether(builder, wishes);
  const { target } = intent;
  const nqn =
    target.kind === 'virtual-subsystem'
      ? (fleet.virtualSubsystems[target.virtualSubsystemId]?.nqn ?? null)
      : null;
  joinAndAttach(builder, newcomersOf(ids, nqn, verdict.virtualControllerIds, intent.attach));
  if (target.kind === 'virtual-machine') handOver(builder, ids, target.virtualMachineId);
  return builder.finish(title, intent, 'Everything is already as requested.');
}

function assignTitle(
  fleet: Fleet,
  intent: AssignIntent,
  secondaries: readonly SecondaryController[],
): string {
  const who = controllersTitle(fleet, intent.target.kind === 'pool' ? outsidePool(secondaries) : secondaries);
  switch (intent.target.kind) {
    case 'pool':
      return `Return ${who} to the pool`;
    case 'virtual-subsystem': {
      const subsystem = fleet.virtualSubsystems[intent.target.virtualSubsystemId];
      return `Assign ${who} to ${subsystem ? virtualSubsystemTitle(subsystem) : 'a virtual subsystem'}`;
    }
    case 'virtual-machine':
      return `Assign ${who} to ${fleet.virtualMachines[intent.target.virtualMachineId]?.name ?? 'a virtual machine'}`;
  }
}

/**
 * What is moved starts over: a secondary that comes from a guest or from another virtual subsystem goes offline, which
 * resets it, so that nothing of its old user is left. One that stays in its virtual subsystem only changes its driver.
 */
function leaveOldPlaces(
  builder: PlanBuilder,
  secondaries: readonly SecondaryController[],
  intent: AssignIntent,
): void {
  const leaveSubsystem = intent.target.kind === 'virtual-subsystem';
  const moves = new Set(
    secondaries.flatMap((secondary) => (startsOver(secondary, { leaveSubsystem }) ? [secondary.id] : [])),
  );
  releaseSecondaries(builder, [...moves], { leaveSubsystem, detachNamespaces: false });
  for (const { id, deviceName, driver } of secondaries) {
    if (driver !== 'nvme' || moves.has(id)) continue;
    if (deviceName !== null) builder.consequences.push(`The host loses ${deviceName}.`);
    builder.add({ kind: 'set-driver', controllerId: id, driver: null }, 'Release');
  }
}

function raiseVfCounts(
  builder: PlanBuilder,
  secondaries: readonly SecondaryController[],
  wishes: readonly BringUp[],
): void {
  for (const primaryId of new Set(secondaries.map((secondary) => secondary.primaryId))) {
    const primary = findPrimary(builder.fleet, primaryId);
    const members = secondaries.filter((secondary) => secondary.primaryId === primaryId);
    if (primary === undefined) continue;
    const need = vfCountNeed(builder.fleet, primary, members);
    if (need.kind === 'raise') changeVfCount(builder, primaryId, need.count, wishes);
  }
}

function handOver(builder: PlanBuilder, ids: readonly string[], virtualMachineId: string): void {
  const phase = 'Hand over';
  const machineName = builder.fleet.virtualMachines[virtualMachineId]?.name ?? virtualMachineId;
  const nameOf = namesAmong(
    builder.fleet,
    ids.flatMap((id) => findSecondary(builder.fleet, id) ?? []),
  );
  for (const controllerId of ids) {
    const secondary = findSecondary(builder.fleet, controllerId);
    if (secondary === undefined) continue;
    if (secondary.attachedNamespaces.length === 0)
      builder.consequences.push(
        `${nameOf(secondary)} has no namespace attached: the guest will find an empty drive.`,
      );
    if (!secondary.migrationEnabled)
      builder.consequences.push(
        `Live migration of ${nameOf(secondary)} is not enabled: ${machineName} could not migrate.`,
      );
    showToVfio(builder, controllerId, phase);
    builder.add({ kind: 'vm-attach-device', virtualMachineId, controllerId }, phase);
  }
}
