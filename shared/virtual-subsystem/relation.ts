import type { Fleet, SecondaryController } from '../fleet/schema.ts';
import {
  controllerTitle,
  controllingPrimary,
  hexadecimalId,
  virtualSubsystemOf,
  virtualSubsystemTitle,
} from '../fleet/selectors.ts';
import { isVfioDriver } from '../vfio/drivers.ts';

/** What a controlling function knows of a controlled one, and what resets have taken from it. */
export interface Relation {
  /** Survives vfio-pci, resets of the function and of the primary, and a VF count of 0. */
  readonly kept: readonly string[];
  /** What has to be given again before a guest can use it; empty when nothing is missing. */
  readonly lost: readonly string[];
}

/**
 * The relation controlling to controlled of one secondary controller. It lives in the controlling function (and the
 * attachments in the NVM subsystem), so no state of the controlled function can end it. A reset of the primary takes its
 * secondaries offline (NVMe Base 2.1, 8.2.6); a VF count of 0 takes the functions away too.
 */
export function relationOf(fleet: Fleet, secondary: SecondaryController): Relation {
  const primary = controllingPrimary(fleet, secondary);
  const subsystem = virtualSubsystemOf(fleet, secondary);
  const kept: string[] = [];
  if (primary !== undefined)
    kept.push(`controlled by ${controllerTitle(primary)} (${hexadecimalId(primary.cntlid)})`);
  if (subsystem !== undefined)
    kept.push(`member of ${virtualSubsystemTitle(subsystem)} as ${secondary.virtualControllerId ?? '?'}`);
  if (secondary.attachedNamespaces.length > 0)
    kept.push(`attached: namespace ${secondary.attachedNamespaces.join(', ')}`);
  if (subsystem === undefined && secondary.virtualMachineId === null) return { kept, lost: [] };
  return { kept, lost: losses(secondary, primary?.vq.supported === true || primary?.vi.supported === true) };
}

function losses(secondary: SecondaryController, flexible: boolean): string[] {
  const lost: string[] = [];
  if (secondary.vfn > 0 && secondary.pciAddress === null) lost.push('its PCI function is not enabled');
  if (!secondary.online) lost.push('it is offline');
  if (flexible && secondary.nvq === 0 && secondary.nvi === 0) lost.push('it has no queues or interrupts');
  if (secondary.virtualMachineId !== null && !isVfioDriver(secondary.driver))
    lost.push('it is not bound to a VFIO driver');
  return lost;
}
