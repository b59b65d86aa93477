import { memberBlockers } from '../fleet/assignment-blockers.ts';
import { largestControllerId } from '../fleet/rules.ts';
import type { Fleet } from '../fleet/schema.ts';
import {
  controllerFullTitle,
  controllerTitle,
  findPrimary,
  findSecondary,
  hostTitle,
  virtualSubsystemOf,
  virtualSubsystemTitle,
} from '../fleet/selectors.ts';
import { checkVirtualNqn } from '../nvme/nqn.ts';
import type { Result } from '../result.ts';
import { controllerChangeBlockers } from './change-blockers.ts';
import type { Intent } from './intent.ts';
import { PlanBuilder, refusal } from './plan-builder.ts';
import type { Plan } from './procedure.ts';

type CreateIntent = Extract<Intent, { kind: 'create-virtual-subsystem' }>;
const phase = 'Virtual subsystem';

export function planCreateVirtualSubsystem(fleet: Fleet, intent: CreateIntent): Result<Plan> {
  const { primaryId, nqn, primaryVirtualId, identity } = intent;
  const primary = findPrimary(fleet, primaryId);
  if (primary === undefined)
    return refusal('Create a virtual subsystem', [`${primaryId} is not a primary controller of the fleet.`]);
  const title = `Create virtual subsystem ${virtualSubsystemTitle({ nqn })} on ${controllerTitle(primary)}`;
  const builder = new PlanBuilder(fleet);
  builder.blockers.push(
    ...controllerChangeBlockers(fleet, primary, 'changeControllers', 'virtualSubsystems'),
    ...nameBlockers(fleet, nqn),
    ...identityBlockers(intent),
  );
  if (!primary.virtualSubsystems.available)
    builder.blockers.push(`${controllerFullTitle(fleet, primary)}: ${primary.virtualSubsystems.reason}`);
  if (primaryVirtualId > largestControllerId)
    builder.blockers.push(
      `Virtual id ${primaryVirtualId} is reserved; use 0 to ${largestControllerId} (NVMe Base 2.1, 3.1.3.1).`,
    );
  const checked = checkVirtualNqn(nqn);
  if (checked.ok && checked.value.warning !== undefined) builder.consequences.push(checked.value.warning);
  const twins = Object.values(fleet.virtualSubsystems).filter(
    (other) => other.nqn === nqn && other.primaryId !== primaryId,
  );
  if (twins.length > 0) {
    const hosts = twins.map((twin) => hostTitle(fleet, twin.hostId)).join(', ');
    builder.consequences.push(
      `The same virtual NQN exists on ${hosts}: right for a migration, wrong for two guests at once.`,
    );
  }
  if (builder.blockers.length === 0)
    builder.add({ kind: 'virtual-subsystem-create', primaryId, nqn, primaryVirtualId, identity }, phase);
  return builder.finish(title, intent, 'It exists already.');
}

function nameBlockers(fleet: Fleet, nqn: string): string[] {
  const checked = checkVirtualNqn(nqn);
  if (!checked.ok) return [`${checked.error.message}. ${checked.error.fix ?? ''}`.replace('..', '.').trim()];
  return fleet.subsystems[nqn] === undefined
    ? []
    : [`${nqn} is the NQN of a physical NVM subsystem of this fleet. Choose another name.`];
}

/** Lengths of SN, MN and FR in Identify Controller (NVMe Base 2.1, 5.1.13.2.1). */
const identityLengths = { serialNumber: 20, modelNumber: 40, firmwareRevision: 8 } as const;

function identityBlockers({ identity }: CreateIntent): string[] {
  return (['serialNumber', 'modelNumber', 'firmwareRevision'] as const).flatMap((field) => {
    const text = identity[field];
    const words = {
      serialNumber: 'serial number',
      modelNumber: 'model',
      firmwareRevision: 'firmware revision',
    };
    if (text.length > identityLengths[field])
      return [`The virtual ${words[field]} has ${text.length} characters; ${identityLengths[field]} fit.`];
    if (!/^[\x20-\x7e]*$/.test(text))
      return [`The virtual ${words[field]} holds a character that is not printable ASCII.`];
    return [];
  });
}

export function planDeleteVirtualSubsystem(
  fleet: Fleet,
  intent: Extract<Intent, { kind: 'delete-virtual-subsystem' }>,
): Result<Plan> {
  const subsystem = fleet.virtualSubsystems[intent.virtualSubsystemId];
  const primary = subsystem && findPrimary(fleet, subsystem.primaryId);
  if (subsystem === undefined || primary === undefined)
    return refusal('Delete the virtual subsystem', ['That virtual subsystem is gone.']);
  const builder = new PlanBuilder(fleet);
  builder.blockers.push(
    ...controllerChangeBlockers(fleet, primary, 'changeControllers', 'virtualSubsystems'),
  );
  const { primaryId, nqn } = subsystem;
  builder.add({ kind: 'virtual-subsystem-delete', primaryId, nqn }, phase);
  return builder.finish(`Delete virtual subsystem ${virtualSubsystemTitle(subsystem)}`, intent, '');
}

export function planRemoveFromVirtualSubsystem(
  fleet: Fleet,
  intent: Extract<Intent, { kind: 'remove-from-virtual-subsystem' }>,
): Result<Plan> {
  const secondary = findSecondary(fleet, intent.secondaryId);
  if (secondary === undefined)
    return refusal('Remove from the virtual subsystem', [
      `${intent.secondaryId} is not a secondary controller of the fleet.`,
    ]);
  const subsystem = virtualSubsystemOf(fleet, secondary);
  const name = controllerTitle(secondary);
  if (subsystem === undefined) return refusal(`Remove ${name}`, [`${name} is in no virtual subsystem.`]);
  const builder = new PlanBuilder(fleet);
  builder.blockers.push(...memberBlockers(fleet, secondary));
  builder.add({ kind: 'virtual-subsystem-remove', secondaryId: secondary.id, nqn: subsystem.nqn }, phase);
  return builder.finish(`Remove ${name} from ${virtualSubsystemTitle(subsystem)}`, intent, '');
}
