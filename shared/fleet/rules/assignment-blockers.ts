import { isVfioDriver } from '../../vfio/drivers.ts';
import { namesAmong } from '../drive-names.ts';
import type { Controller, Fleet, SecondaryController, VirtualMachine, VirtualSubsystem } from '../schema.ts';
import {
  controllerFullTitle,
  controllerTitle,
  controllingPrimary,
  hostTitle,
  virtualSubsystemTitle,
} from '../selectors.ts';
import { capabilityBlockers, controllerChangeBlockers } from './change-blockers.ts';
import { iommuBlockers } from './secondary-use.ts';
import { startsOver, takeBackBlockers } from './taking-back.ts';

/** Those that are to move to the pool, none of which is there yet. */
export function poolBlockers(fleet: Fleet, secondaries: readonly SecondaryController[]): string[] {
  return secondaries.flatMap((secondary) => takeBackBlockers(fleet, secondary, { leaveSubsystem: true }));
}

/** What stands against taking a secondary from whoever has it, or from the host's own driver. */
function leaveBlockers(fleet: Fleet, secondary: SecondaryController, leaveSubsystem: boolean): string[] {
  if (startsOver(secondary, { leaveSubsystem }))
    return takeBackBlockers(fleet, secondary, { leaveSubsystem });
  return secondary.driver === 'nvme' ? controllerChangeBlockers(fleet, secondary, 'changePci') : [];
}

export function virtualSubsystemBlockers(
  fleet: Fleet,
  secondaries: readonly SecondaryController[],
  subsystem: VirtualSubsystem,
): string[] {
  const name = virtualSubsystemTitle(subsystem);
  const reasons: string[] = [];
  const host = fleet.hosts[subsystem.hostId];
  if (host !== undefined) reasons.push(...capabilityBlockers(host, 'virtualSubsystems'));
  const nameOf = namesAmong(fleet, secondaries);
  for (const secondary of secondaries) {
    const title = nameOf(secondary);
    const primary = controllingPrimary(fleet, secondary);
    if (secondary.virtualSubsystemId === subsystem.id)
      reasons.push(
        `${title} is already a member of ${name}, as virtual id ${secondary.virtualControllerId}.`,
      );
    else if (secondary.hostId !== subsystem.hostId)
      reasons.push(
        `${title} is on ${hostTitle(fleet, secondary.hostId)} and ${name} on ${hostTitle(fleet, subsystem.hostId)}. ` +
          'Create the virtual subsystem on its host too, or migrate the virtual machine.',
      );
    else if (primary !== undefined && primary.id !== subsystem.primaryId) {
      const controlling = fleet.controllers[subsystem.primaryId];
      reasons.push(
        `${title} is controlled by ${controllerTitle(primary)}, and ${name} by ` +
          `${controlling ? controllerTitle(controlling) : 'a primary controller that no longer exists'}. ` +
          `Use a secondary controller of that primary controller, or create a virtual subsystem on ${controllerFullTitle(fleet, primary)}.`,
      );
    }
    if (primary !== undefined && !primary.virtualSubsystems.available)
      reasons.push(`${controllerFullTitle(fleet, primary)}: ${primary.virtualSubsystems.reason}`);
    reasons.push(...leaveBlockers(fleet, secondary, true));
  }
  return reasons;
}

export function machineBlockers(
  fleet: Fleet,
  secondaries: readonly SecondaryController[],
  machine: VirtualMachine,
): string[] {
  const reasons: string[] = [];
  const host = fleet.hosts[machine.hostId];
  if (host !== undefined) reasons.push(...capabilityBlockers(host, 'virtualMachines', 'changePci'));
  if (machine.state === 'incoming')
    reasons.push(`${machine.name} is waiting for a migration; its devices come with it.`);
  const chosen = new Set(secondaries.map((secondary) => secondary.id));
  const nameOf = namesAmong(fleet, secondaries);
  for (const secondary of secondaries) {
    const title = nameOf(secondary);
    if (secondary.virtualMachineId === machine.id) reasons.push(`${title} is already in ${machine.name}.`);
    else if (secondary.hostId !== machine.hostId)
      reasons.push(
        `${title} is on ${hostTitle(fleet, secondary.hostId)} and ${machine.name} runs on ` +
          `${hostTitle(fleet, machine.hostId)}. Migrate ${machine.name} there first.`,
      );
    if (secondary.virtualMachineId !== machine.id) reasons.push(...leaveBlockers(fleet, secondary, false));
    reasons.push(...iommuBlockers(fleet, secondary));
    reasons.push(...iommuGroupBlockers(fleet, secondary, chosen));
  }
  return reasons;
}

/** VFIO hands over whole IOMMU groups: no other function of the group may stay with a host driver. */
function iommuGroupBlockers(
  fleet: Fleet,
  secondary: SecondaryController,
  chosen: ReadonlySet<string>,
): string[] {
  if (secondary.iommuGroup === null) return [];
  const sharing = (heldByHostDrivers(fleet).get(groupKey(secondary)) ?? []).filter(
    ({ id }) => !chosen.has(id),
  );
  return sharing.map(
    (other) =>
      `IOMMU group ${secondary.iommuGroup} of ${controllerTitle(secondary)} also holds ` +
      `${controllerFullTitle(fleet, other)}, which the driver ${other.driver} uses. Release it first.`,
  );
}

/** By the controllers of a fleet, which never change: a verdict on thousands asks for each of them. */
const hostDriven = new WeakMap<Fleet['controllers'], ReadonlyMap<string, readonly Controller[]>>();

/** The controllers that a driver other than VFIO's has, by their IOMMU group. */
function heldByHostDrivers({ controllers }: Fleet): ReadonlyMap<string, readonly Controller[]> {
  const known = hostDriven.get(controllers);
  if (known !== undefined) return known;
  const found = new Map<string, Controller[]>();
  for (const controller of Object.values(controllers)) {
    const { iommuGroup, driver } = controller;
    if (iommuGroup === null || driver === null || isVfioDriver(driver)) continue;
    const group = found.get(groupKey(controller));
    if (group === undefined) found.set(groupKey(controller), [controller]);
    else group.push(controller);
  }
  hostDriven.set(controllers, found);
  return found;
}

function groupKey({ hostId, iommuGroup }: Controller): string {
  return `${iommuGroup} ${hostId}`;
}
