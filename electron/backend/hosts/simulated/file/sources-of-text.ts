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
  return [
    handedOut,
    fatal,
    suspended,
    incoming,
    entry,
    ...(entry === undefined ? none : sourcesOfFunction(entry)),
    ...(part.kind === 'secondary'
      ? [part.vq, part.vi, part.online, part.resetPending, part.migrationEnabled, part.visible]
      : isPrimary(controller)
        ? sourcesOfPrimary(controller, entry)
        : none),
  ];
}

const none: readonly unknown[] = [];

function sourcesOfFunction(entry: PciFunction): readonly unknown[] {
  const { driver, driverOverride, iommuGroup, instance, probeEndsAt, owner } = entry;
  const vfio = entry.vfio?.toFile();
  return [driver, driverOverride, iommuGroup, instance, probeEndsAt, owner, vfio && JSON.stringify(vfio)];
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
