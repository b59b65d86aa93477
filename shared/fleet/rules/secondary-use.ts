import type { Fleet, SecondaryController } from '../schema.ts';
import {
  controllerFullTitle,
  controllerTitle,
  isUnassigned,
  machineOf,
  secondaryStateWords,
  virtualSubsystemOf,
} from '../selectors.ts';
import type { Blocker } from './blocker.ts';

/** Who has a secondary controller now; the strongest claim where there are several. */
export type SecondaryUser =
  | { readonly kind: 'virtual-machine'; readonly name: string }
  | { readonly kind: 'virtual-subsystem'; readonly nqn: string }
  | { readonly kind: 'host'; readonly name: string };

/** Who uses a secondary controller; null when it is free. */
export function userOf(fleet: Fleet, secondary: SecondaryController): SecondaryUser | null {
  const { virtualMachineId, virtualSubsystemId, deviceName, driver } = secondary;
  if (virtualMachineId !== null)
    return { kind: 'virtual-machine', name: machineOf(fleet, secondary)?.name ?? virtualMachineId };
  if (virtualSubsystemId !== null)
    return {
      kind: 'virtual-subsystem',
      nqn: virtualSubsystemOf(fleet, secondary)?.nqn ?? virtualSubsystemId,
    };
  return isUsedByHost(secondary) ? { kind: 'host', name: deviceName ?? driver ?? '' } : null;
}

/** Nobody uses it: it may be chosen for somebody new without asking anybody. */
export function isFree(fleet: Fleet, secondary: SecondaryController): boolean {
  return userOf(fleet, secondary) === null;
}

/**
 * The host's own driver works with it. A driver that was bound to an offline function has given up on it and has no
 * device; while a bind is only predicted, the device has no name yet.
 */
export function isUsedByHost(secondary: SecondaryController): boolean {
  return secondary.driver === 'nvme' && (secondary.online || secondary.deviceName !== null);
}

/** Somebody has it: what is to be given to somebody new comes from the pool. */
export function assignedBlocker(fleet: Fleet, secondary: SecondaryController): Blocker | null {
  return isUnassigned(secondary)
    ? null
    : {
        reason: `${controllerFullTitle(fleet, secondary)} is in use now: ${secondaryStateWords(fleet, secondary.id)}.`,
        fix: 'Take it back to the pool first.',
      };
}

/** The host's driver must let go of it first. */
export function hostDriverBlockers(secondary: SecondaryController): string[] {
  return isUsedByHost(secondary)
    ? [`${controllerTitle(secondary)} is used by the host's nvme driver. Unbind it first.`]
    : [];
}

/** It must be taken out of its virtual machine first. */
export function guestBlockers(fleet: Fleet, secondary: SecondaryController): string[] {
  const user = userOf(fleet, secondary);
  return user?.kind === 'virtual-machine'
    ? [`${controllerTitle(secondary)} is in ${user.name}. Take it out of the virtual machine first.`]
    : [];
}

/**
 * Who has read the present answers of a controller must not find others: as long as somebody works with it, its identity and
 * what it exposes stay. The device refuses with Command Sequence Error.
 */
export function answersInUseBlockers(fleet: Fleet, secondary: SecondaryController): string[] {
  const machine = machineOf(fleet, secondary);
  return machine !== undefined && machine.state !== 'stopped'
    ? [
        `${controllerTitle(secondary)} is used by ${machine.name} (${machine.state}), which has read the present answers. Take it out of the virtual machine first.`,
      ]
    : hostDriverBlockers(secondary);
}

/** VFIO hands functions to guests only behind an IOMMU. */
export function iommuBlockers(fleet: Fleet, secondary: SecondaryController): string[] {
  const host = fleet.hosts[secondary.hostId];
  return host?.iommu === ''
    ? [`${host.name} has no IOMMU, so VFIO cannot hand ${controllerTitle(secondary)} to a guest.`]
    : [];
}
