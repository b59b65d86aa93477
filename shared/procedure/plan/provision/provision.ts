import { secondaryIdOf, virtualSubsystemIdOf } from '../../../fleet/ids.ts';
import { freeProvisionedCntlids } from '../../../fleet/provisioned-functions.ts';
import { canAssign, resourcesTogether } from '../../../fleet/rules/assignment.ts';
import { blockerWords } from '../../../fleet/rules/blocker.ts';
import { secondaryChangeBlockers } from '../../../fleet/rules/change-blockers.ts';
import { vfCountNeed } from '../../../fleet/rules/resources.ts';
import { assignedBlocker, hostDriverBlockers } from '../../../fleet/rules/secondary-use.ts';
import type { Fleet, PrimaryController, SecondaryController } from '../../../fleet/schema.ts';
import {
  controllerFullTitle,
  controllerTitle,
  findPrimary,
  findSecondary,
  hexadecimalId,
} from '../../../fleet/selectors.ts';
import type { Result } from '../../../result.ts';
import type { Intent } from '../../intent.ts';
import type { Plan } from '../../procedure.ts';
import { bringUpTogether } from '../bring-up-steps.ts';
import { type PlanBuilder, refusal } from '../builder.ts';
import { joinAndAttach, newcomersOf } from '../member-steps.ts';
import { controllersTitle } from '../titles.ts';
import { changeVfCount } from '../vf-count-steps.ts';
import { createSubsystem } from '../virtual-subsystem/create-subsystem-steps.ts';
import { showToVfio, takeFromDriver } from '../visibility-steps.ts';

type ProvisionIntent = Extract<Intent, { kind: 'provision' }>;

/**
 * Provisions functions for guests, the same for virtual functions and provisioned (SIOV-like) ones: provision, size, bring
 * online, name and narrow (virtual subsystem), namespaces, live migration, and only then visible through VFIO. The order
 * is the point: VFIO never shows a function that is not complete.
 */
export function planProvision(builder: PlanBuilder, intent: ProvisionIntent): Result<Plan> {
  const { fleet } = builder;
  const chosen = chooseFunctions(fleet, intent);
  if (!chosen.ok) return chosen;
  const { primary, ids, title } = chosen.value;
  builder.blockers.push(...chosen.value.blockers);
  if (builder.blockers.length === 0) provision(builder, primary, intent, ids);
  const given = builder.blockers.length > 0 ? undefined : virtualIdsFor(builder, primary, intent, ids);
  if (given === undefined || builder.blockers.length > 0) return builder.finish(title, intent, '');
  const secondaries = ids.flatMap((id) => findSecondary(builder.fleet, id) ?? []);
  // All shares are of the pool as it is before the first one takes its own.
  const wishes = resourcesTogether(builder.fleet, secondaries, intent);
  bringUpTogether(builder, wishes);
  const nqn = nameAndNarrow(builder, primary, intent);
  joinAndAttach(builder, newcomersOf(ids, nqn, given, intent.attach));
  setMigration(builder, primary, intent, ids);
  if (intent.visible) for (const id of ids) showToVfio(builder, id, 'Make visible');
  const { virtualMachineId } = intent;
  if (virtualMachineId !== null)
    for (const controllerId of ids)
      builder.add({ kind: 'vm-attach-device', virtualMachineId, controllerId }, 'Hand over');
  return builder.finish(title, intent, 'It is already provisioned.');
}

interface ChosenFunctions {
  readonly primary: PrimaryController;
  readonly ids: readonly string[];
  readonly title: string;
  readonly blockers: readonly string[];
}

/** Free functions that exist, or the ids that new ones will have. */
function chooseFunctions(fleet: Fleet, { functions }: ProvisionIntent): Result<ChosenFunctions> {
  if (functions.kind === 'new') {
    const primary = findPrimary(fleet, functions.primaryId);
    if (primary === undefined)
      return refusal('Provision', [`${functions.primaryId} is not a primary controller of the fleet.`]);
    const cntlids = freeProvisionedCntlids(fleet, primary, functions.count);
    const { provision: can, maximumProvisioned } = primary.functions;
    const name = controllerFullTitle(fleet, primary);
    const blockers = !can.available
      ? [`${name}: ${can.reason}`]
      : cntlids.length < functions.count
        ? [
            `${name} can have ${maximumProvisioned} provisioned functions (MAXPF), of which ${cntlids.length} are left; ${functions.count} were requested.`,
          ]
        : [];
    const first = hexadecimalId(cntlids[0] ?? primary.functions.firstCntlid);
    const title =
      functions.count === 1
        ? `Provision function ${first} on ${controllerTitle(primary)}`
        : `Provision ${functions.count} functions on ${controllerTitle(primary)}`;
    const ids = cntlids.map((cntlid) => secondaryIdOf(primary.id, cntlid));
    return { ok: true, value: { primary, ids, title, blockers } };
  }
  const ids = [...new Set(functions.secondaryIds)];
  const secondaries = ids.flatMap((id) => findSecondary(fleet, id) ?? []);
  const [first] = secondaries;
  const primary = first && findPrimary(fleet, first.primaryId);
  if (primary === undefined || secondaries.length < ids.length)
    return refusal('Provision', ['Choose secondary controllers of this fleet.']);
  const title = `Provision ${controllersTitle(fleet, secondaries)}`;
  return {
    ok: true,
    value: { primary, ids, title, blockers: functionBlockers(fleet, primary, secondaries) },
  };
}

/** The functions exist and VFIO shows none of them. */
function provision(
  builder: PlanBuilder,
  primary: PrimaryController,
  { functions }: ProvisionIntent,
  ids: readonly string[],
): void {
  const phase = 'Provision';
  if (functions.kind === 'new') {
    for (const cntlid of freeProvisionedCntlids(builder.fleet, primary, ids.length))
      builder.add({ kind: 'function-provision', primaryId: primary.id, cntlid }, phase);
    return;
  }
  const secondaries = ids.flatMap((id) => findSecondary(builder.fleet, id) ?? []);
  const need = vfCountNeed(builder.fleet, primary, secondaries);
  if (need.kind === 'blocked') builder.blockers.push(need.reason);
  if (need.kind === 'raise') changeVfCount(builder, primary.id, need.count);
  for (const id of ids) takeFromDriver(builder, id, phase);
  for (const secondaryId of ids)
    if (primary.functions.manage.available && findSecondary(builder.fleet, secondaryId)?.visible)
      builder.add({ kind: 'function-set-visible', secondaryId, visible: false }, phase);
}

/** The virtual ids that members get; undefined, with the reasons among the blockers, when the target takes them not. */
function virtualIdsFor(
  builder: PlanBuilder,
  primary: PrimaryController,
  intent: ProvisionIntent,
  ids: readonly string[],
): readonly number[] | undefined {
  const trial = builder.trial();
  const { into, virtualMachineId } = intent;
  nameAndNarrow(trial, primary, intent);
  builder.blockers.push(...trial.blockers);
  if (trial.blockers.length > 0) {
    builder.consequences.push(...trial.consequences);
    return undefined;
  }
  const members = ids.flatMap((id) => findSecondary(builder.fleet, id) ?? []);
  const reasons = members.flatMap((member) => secondaryChangeBlockers(builder.fleet, member));
  if (virtualMachineId !== null) {
    const verdict = canAssign(trial.fleet, ids, { kind: 'virtual-machine', virtualMachineId }, intent);
    if (!verdict.allowed) reasons.push(...verdict.reasons);
    if (!intent.visible)
      reasons.push('A hidden function cannot be handed to a virtual machine. Make it visible.');
  }
  let given: readonly number[] = [];
  if (into.kind !== 'none') {
    const virtualSubsystemId =
      into.kind === 'existing' ? into.virtualSubsystemId : virtualSubsystemIdOf(primary.id, into.nqn);
    const verdict = canAssign(trial.fleet, ids, { kind: 'virtual-subsystem', virtualSubsystemId }, intent);
    if (verdict.allowed) given = verdict.virtualControllerIds;
    else reasons.push(...verdict.reasons);
  }
  builder.blockers.push(...reasons);
  return reasons.length > 0 ? undefined : given;
}

/** The virtual subsystem to add to: the one that exists, or a new one with its identity and its mask; null for none. */
function nameAndNarrow(
  builder: PlanBuilder,
  primary: PrimaryController,
  { into }: ProvisionIntent,
): string | null {
  if (into.kind === 'none') return null;
  if (into.kind === 'existing') return builder.fleet.virtualSubsystems[into.virtualSubsystemId]?.nqn ?? null;
  createSubsystem(builder, primary, into);
  return into.nqn;
}

function setMigration(
  builder: PlanBuilder,
  primary: PrimaryController,
  { enableMigration }: ProvisionIntent,
  ids: readonly string[],
): void {
  const { manage } = primary.functions;
  if (manage.available)
    for (const secondaryId of ids)
      if (findSecondary(builder.fleet, secondaryId)?.migrationEnabled !== enableMigration)
        builder.add(
          { kind: 'function-set-migration', secondaryId, enabled: enableMigration },
          'Live migration',
        );
  if (!enableMigration) builder.consequences.push('Live migration stays off: its guests cannot migrate.');
  else builder.consequences.push(...migrationWords(builder.fleet, primary));
}

function functionBlockers(
  fleet: Fleet,
  primary: PrimaryController,
  secondaries: readonly SecondaryController[],
): string[] {
  return secondaries.flatMap((secondary) => {
    const title = controllerFullTitle(fleet, secondary);
    if (secondary.primaryId !== primary.id)
      return [`${title} is not controlled by ${controllerTitle(primary)}. Provision it separately.`];
    const assigned = assignedBlocker(fleet, secondary);
    return assigned === null ? hostDriverBlockers(secondary) : [blockerWords(assigned)];
  });
}

/** Whether live migration will work is said before anything is done. */
function migrationWords(fleet: Fleet, primary: PrimaryController): string[] {
  const host = fleet.hosts[primary.hostId];
  if (!primary.migration.available) return [`Its guests cannot migrate: ${primary.migration.reason}`];
  return host?.capabilities.vfioMigration.available === false
    ? [`Its guests cannot migrate: ${host.capabilities.vfioMigration.reason}`]
    : [];
}
