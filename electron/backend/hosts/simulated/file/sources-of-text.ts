import type { PciFunction } from '../host/pci-function.ts';
import { isPhysical } from '../host/pci-function.ts';
import type { SimulatedController, SimulatedPrimary } from '../state/controller.ts';
import { isPrimary } from '../state/controller.ts';
import { virtualSubsystemToFile } from '../state/virtual-subsystem.ts';
import { trackingToFile } from './tracking.ts';

/**
 * Everything that what a fleet file says of a controller, without its secondaries, is made of: as long as these are the same,
 * so is that. `entry` is its function on the bus of its host.
 */
export function sourcesOf(
  controller: SimulatedController,
  entry: PciFunction | undefined,
): readonly unknown[] {
  const { handedOut, fatal, suspended, incoming, part } = controller;
  const vfio = entry?.vfio?.toFile();
  const sources: unknown[] = [
    handedOut,
    fatal,
    suspended,
    incoming,
    entry === undefined,
    entry?.driver,
    entry?.driverOverride,
    entry?.iommuGroup,
    entry?.instance,
    entry?.probeEndsAt,
    entry?.owner,
    vfio && JSON.stringify(vfio),
  ];
  switch (part.kind) {
    case 'primary':
      if (isPrimary(controller)) sources.push(...sourcesOfPrimary(controller, entry));
      return sources;
    case 'secondary':
      sources.push(part.vq, part.vi, part.online, part.migrationEnabled, part.visible);
      return sources;
    case 'plain':
      return sources;
  }
}

function sourcesOfPrimary(primary: SimulatedPrimary, entry: PciFunction | undefined): readonly unknown[] {
  const { numVfs, presentVfs, vq, vi, virtualSubsystems, provisioned } = primary.part;
  const virtual = [...virtualSubsystems.values()].map(virtualSubsystemToFile);
  return [
    numVfs,
    presentVfs,
    entry && isPhysical(entry) && entry.sriov?.driversAutoprobe,
    ...[vq.allocatedToPrimary, vq.pendingAllocation, vi.allocatedToPrimary, vi.pendingAllocation],
    provisioned?.nextHandle,
    virtual.length === 0 || JSON.stringify(virtual),
    JSON.stringify(trackingToFile(primary)),
  ];
}
