import { virtualSubsystemIdOf } from '../fleet/ids.ts';
import { vfCountNeed } from '../fleet/resource-rules.ts';
import { canAssign, wishedResources } from '../fleet/rules.ts';
import type { Fleet, PrimaryController, SecondaryController } from '../fleet/schema.ts';
import { controllerFullTitle, controllerTitle, findPrimary, findSecondary } from '../fleet/selectors.ts';
import type { Result } from '../result.ts';
import { bringUp } from './bring-up-steps.ts';
import { createSubsystem } from './create-subsystem-steps.ts';
import type { Intent } from './intent.ts';
import { PlanBuilder, refusal } from './plan-builder.ts';
import { controllersTitle } from './plan-titles.ts';
import type { Plan } from './procedure.ts';
import { changeVfCount } from './vf-count-steps.ts';

type ProvisionIntent = Extract<Intent, { kind: 'provision' }>;

/**
 * Provisions functions for guests: name and narrow (virtual subsystem), size (resources), namespaces, membership, and only
 * then vfio-pci. The order is the point: VFIO never shows a function that is not complete.
 */
export function planProvision(fleet: Fleet, intent: ProvisionIntent): Result<Plan> {
  const ids = [...new Set(intent.secondaryIds)];
  const secondaries = ids.flatMap((id) => findSecondary(fleet, id) ?? []);
  const [first] = secondaries;
  const primary = first && findPrimary(fleet, first.primaryId);
  const title = `Provision ${controllersTitle(secondaries)}`;
  if (primary === undefined || secondaries.length < ids.length)
    return refusal('Provision', ['Choose secondary controllers of this fleet.']);
  const builder = new PlanBuilder(fleet);
  builder.blockers.push(...functionBlockers(fleet, primary, secondaries));
  builder.consequences.push(...migrationWords(fleet, primary));
  const subsystemId = targetSubsystem(builder, primary, intent);
  const target = { kind: 'virtual-subsystem', virtualSubsystemId: subsystemId } as const;
  const subsystem = builder.fleet.virtualSubsystems[subsystemId];
  if (builder.blockers.length > 0 || subsystem === undefined) return builder.finish(title, intent, '');
  const verdict = canAssign(builder.fleet, ids, target, intent);
  if (!verdict.allowed) {
    builder.blockers.push(...verdict.reasons);
    return builder.finish(title, intent, '');
  }
  const need = vfCountNeed(fleet, primary, secondaries);
  if (need.kind === 'raise') changeVfCount(builder, primary.id, need.count);
  for (const secondary of secondaries)
    bringUp(builder, secondary.id, wishedResources(fleet, secondary, secondaries, intent));
  for (const controllerId of ids)
    for (const nsid of new Set(intent.attach))
      if (!(findSecondary(fleet, controllerId)?.attachedNamespaces ?? []).includes(nsid))
        builder.add({ kind: 'attach-namespace', controllerId, nsid }, 'Namespaces');
  for (const [index, secondaryId] of ids.entries()) {
    const virtualControllerId = verdict.virtualControllerIds[index] ?? 0;
    builder.add(
      { kind: 'virtual-subsystem-add', secondaryId, nqn: subsystem.nqn, virtualControllerId },
      'Virtual subsystem',
    );
  }
  for (const controllerId of ids)
    if (findSecondary(builder.fleet, controllerId)?.driver !== 'vfio-pci')
      builder.add({ kind: 'set-driver', controllerId, driver: 'vfio-pci' }, 'Make visible');
  return builder.finish(title, intent, 'It is provisioned already.');
}

/** The virtual subsystem to add to: the one that exists, or the one that the first steps create. */
function targetSubsystem(
  builder: PlanBuilder,
  primary: PrimaryController,
  { into }: ProvisionIntent,
): string {
  if (into.kind === 'existing') return into.virtualSubsystemId;
  createSubsystem(builder, primary, into);
  return virtualSubsystemIdOf(primary.id, into.nqn);
}

function functionBlockers(
  fleet: Fleet,
  primary: PrimaryController,
  secondaries: readonly SecondaryController[],
): string[] {
  return secondaries.flatMap((secondary) => {
    const title = controllerFullTitle(fleet, secondary);
    if (secondary.primaryId !== primary.id)
      return [
        `${title} belongs to another primary than ${controllerTitle(primary)}. Provision it on its own.`,
      ];
    if (secondary.virtualSubsystemId !== null || secondary.virtualMachineId !== null)
      return [`${title} is in use. Take it back to the pool first.`];
    if (secondary.driver === 'nvme') return [`${title} is used by the host's nvme driver. Unbind it first.`];
    return [];
  });
}

/** Live migration needs no command of its own; whether it will work is said before anything is done. */
function migrationWords(fleet: Fleet, primary: PrimaryController): string[] {
  const host = fleet.hosts[primary.hostId];
  if (!primary.migration.available) return [`Its guests cannot migrate: ${primary.migration.reason}`];
  return host?.capabilities.vfioMigration.available === false
    ? [`Its guests cannot migrate: ${host.capabilities.vfioMigration.reason}`]
    : [];
}
