import { findSecondary, virtualSubsystemOf } from '../../fleet/selectors.ts';
import { hasFunction } from '../steps/conditions.ts';
import type { PlanBuilder } from './builder.ts';
import { takeFromDriver } from './visibility-steps.ts';

/** What becomes of a source controller once it has nothing of the guest any more. */
export interface ScrubOptions {
  /** Detach its namespaces, so that the next guest cannot see this one's data. */
  readonly detachNamespaces: boolean;
  /** Take it offline, which returns its resources. */
  readonly release: boolean;
}

/**
 * Clears what a migrated guest had at its source, in the one order in which that is safe: the driver, the identity, the
 * virtual subsystems that became empty, and only then the reset that sets the controller running again, so that no second
 * controller ever runs with the guest's identity.
 */
export function clearSource(
  builder: PlanBuilder,
  secondaryIds: readonly string[],
  virtualSubsystemIds: readonly string[],
  options: ScrubOptions,
  phase: string,
): void {
  for (const id of secondaryIds) leaveIdentity(builder, id, phase);
  for (const id of virtualSubsystemIds) {
    const subsystem = builder.fleet.virtualSubsystems[id];
    if (subsystem === undefined || subsystem.members.length > 0) continue;
    const { primaryId, nqn } = subsystem;
    builder.add({ kind: 'virtual-subsystem-delete', primaryId, nqn }, phase);
  }
  for (const id of secondaryIds) scrub(builder, id, options, phase);
}

function leaveIdentity(builder: PlanBuilder, id: string, phase: string): void {
  takeFromDriver(builder, id, phase);
  const secondary = findSecondary(builder.fleet, id);
  const subsystem = secondary && virtualSubsystemOf(builder.fleet, secondary);
  if (subsystem !== undefined)
    builder.add({ kind: 'virtual-subsystem-remove', secondaryId: id, nqn: subsystem.nqn }, phase);
}

function scrub(builder: PlanBuilder, id: string, options: ScrubOptions, phase: string): void {
  const secondary = findSecondary(builder.fleet, id);
  if (secondary === undefined) return;
  // Closing the VFIO device has reset a provisioned function; hidden, the host has nothing of it any more.
  if (hasFunction(builder.fleet, secondary))
    builder.add({ kind: 'function-level-reset', controllerId: id }, phase);
  if (options.detachNamespaces)
    for (const nsid of secondary.attachedNamespaces)
      builder.add({ kind: 'detach-namespace', controllerId: id, nsid }, phase);
  if (options.release && (secondary.online || secondary.nvq > 0 || secondary.nvi > 0))
    builder.add({ kind: 'secondary-offline', secondaryId: id }, phase);
}
