import { namesAmong } from '../../fleet/drive-names.ts';
import type { SecondaryController } from '../../fleet/schema.ts';
import { findSecondary, virtualSubsystemOf } from '../../fleet/selectors.ts';
import { hasFunction } from '../steps/conditions.ts';
import type { PlanBuilder } from './builder.ts';
import { interruptionWords } from './titles.ts';
import { takeFromDriver } from './visibility-steps.ts';

/** How far a clean-up goes. */
interface CleanUpOptions {
  /** Leave the virtual subsystem. */
  readonly leaveSubsystem: boolean;
  /** Virtual subsystems to delete if nobody is in them by then. */
  readonly deleteIfEmpty: readonly string[];
  /**
   * Reset the function. Only for what a migration left suspended: it runs again, without its old identity. Anything else
   * starts over by going offline, and a reset would take the way back from it: nothing undoes a reset.
   */
  readonly reset: boolean;
  /** Detach every namespace, so that the next guest cannot see this one's data. */
  readonly detachNamespaces: boolean;
  /** Take it offline, which returns the flexible resources. */
  readonly takeOffline: boolean;
}

/**
 * Takes secondary controllers back from whoever uses them, all of them one step further at a time, in the one order in
 * which that is safe: out of the virtual machine, off the driver or VFIO, out of the virtual subsystem, virtual subsystems
 * that became empty, reset, namespaces, offline. The identity goes before the reset, so that no second controller ever
 * runs with the guest's identity; the reverse of `joinAndAttach`, data goes after the identity.
 */
function cleanUp(
  builder: PlanBuilder,
  secondaryIds: readonly string[],
  options: CleanUpOptions,
  phase: string,
): void {
  const each = (work: (secondary: SecondaryController) => void) => {
    for (const id of secondaryIds) {
      const secondary = findSecondary(builder.fleet, id);
      if (secondary !== undefined) work(secondary);
    }
  };
  each(({ id: controllerId, virtualMachineId }) => {
    if (virtualMachineId !== null)
      builder.add({ kind: 'vm-detach-device', virtualMachineId, controllerId }, phase);
  });
  each(({ id }) => takeFromDriver(builder, id, phase));
  if (options.leaveSubsystem)
    each((secondary) => {
      const subsystem = virtualSubsystemOf(builder.fleet, secondary);
      if (subsystem === undefined) return;
      const { nqn } = subsystem;
      builder.add({ kind: 'virtual-subsystem-remove', secondaryId: secondary.id, nqn }, phase);
    });
  for (const id of options.deleteIfEmpty) {
    const subsystem = builder.fleet.virtualSubsystems[id];
    if (subsystem === undefined || subsystem.members.length > 0) continue;
    const { primaryId, nqn } = subsystem;
    builder.add({ kind: 'virtual-subsystem-delete', primaryId, nqn }, phase);
  }
  if (options.reset)
    each((secondary) => {
      // Closing the VFIO device has reset a provisioned function; hidden, the host has nothing of it any more.
      if (hasFunction(builder.fleet, secondary))
        builder.add({ kind: 'function-level-reset', controllerId: secondary.id }, phase);
    });
  if (options.detachNamespaces)
    each(({ id: controllerId, attachedNamespaces }) => {
      for (const nsid of attachedNamespaces)
        builder.add({ kind: 'detach-namespace', controllerId, nsid }, phase);
    });
  if (options.takeOffline)
    each(({ id: secondaryId, online, nvq, nvi, unlisted }) => {
      if (unlisted !== undefined) return;
      if (online || nvq > 0 || nvi > 0) builder.add({ kind: 'secondary-offline', secondaryId }, phase);
    });
}

/** Takes secondary controllers offline, after whoever uses them has lost them; the plan says who loses what. */
export function releaseSecondaries(
  builder: PlanBuilder,
  secondaryIds: readonly string[],
  options: Pick<CleanUpOptions, 'leaveSubsystem' | 'detachNamespaces'>,
): void {
  const nameOf = namesAmong(
    builder.fleet,
    secondaryIds.flatMap((id) => findSecondary(builder.fleet, id) ?? []),
  );
  for (const id of secondaryIds) {
    builder.consequences.push(...interruptionWords(builder.fleet, id, nameOf));
    const secondary = findSecondary(builder.fleet, id);
    if (options.detachNamespaces && secondary !== undefined && secondary.attachedNamespaces.length > 0)
      builder.consequences.push(
        `${nameOf(secondary)} no longer reaches namespace ${secondary.attachedNamespaces.join(', ')}; ` +
          'the data stays on the drive.',
      );
  }
  cleanUp(
    builder,
    secondaryIds,
    { ...options, deleteIfEmpty: [], reset: false, takeOffline: true },
    'Release',
  );
}

/** Takes back what a migrated guest had at its source; the migration does it at its end, and whoever finishes it later. */
export function clearSource(
  builder: PlanBuilder,
  secondaryIds: readonly string[],
  virtualSubsystemIds: readonly string[],
  { release, detachNamespaces }: { readonly release: boolean; readonly detachNamespaces: boolean },
  phase: string,
): void {
  const left = { leaveSubsystem: true, deleteIfEmpty: virtualSubsystemIds, reset: true };
  cleanUp(builder, secondaryIds, { ...left, detachNamespaces, takeOffline: release }, phase);
}
