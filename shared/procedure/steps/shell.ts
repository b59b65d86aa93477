import type { Controller, Fleet } from '../../fleet/schema.ts';
import { findPrimary, findSecondary } from '../../fleet/selectors.ts';

/** `/dev/nvme1`, or by PCI address where the host gave no name. */
export function devicePath(controller: Controller | undefined): string {
  return `/dev/${controller?.deviceName ?? controller?.pciAddress ?? 'nvme'}`;
}

/** The function's folder; a VF that does not exist yet is reached through its physical function's link. */
export function sysfsPath(fleet: Fleet, controllerId: string): string {
  const controller = fleet.controllers[controllerId];
  const folder = '/sys/bus/pci/devices';
  if (controller?.pciAddress != null) return `${folder}/${controller.pciAddress}`;
  if (controller?.role === 'secondary' && controller.assignableDevice !== null)
    return `${folder}/${controller.assignableDevice}`;
  const secondary = findSecondary(fleet, controllerId);
  const primary = secondary && findPrimary(fleet, secondary.primaryId);
  // virtfnN counts from 0, VFN from 1.
  return `${folder}/${primary?.pciAddress ?? 'unknown'}/virtfn${Math.max(0, (secondary?.vfn ?? 1) - 1)}`;
}

/** In double quotes, so that a shell takes it as one word with nothing expanded. */
export function shellQuoted(text: string): string {
  return `"${text.replace(/[\\"$`]/g, '\\$&')}"`;
}
