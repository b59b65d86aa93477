import { provisionedAddress } from '#shared/fleet-file/controller/provisioned-functions.ts';
import { provisionedFunctionDriver } from '#shared/vfio/drivers.ts';
import { isPrimary, isSecondary, type SimulatedController } from '../state/controller.ts';
import type { SimulatedSubsystem } from '../state/subsystem.ts';
import {
  type FunctionBus,
  isPhysical,
  type PciFunction,
  type PhysicalFunction,
  provisionedUuidOf,
} from './pci-function.ts';

/**
 * Provisioned (SIOV-like) functions in the simulated kernel. The driver of the controlling function presents each that is
 * visible as a VFIO device below its own, as drivers do with mediated devices: `/sys/bus/pci/devices/<parent>/<uuid>`.
 * Each has an IOMMU group of its own, because the PASID and not a PCI address tells its DMA apart.
 */

/** Adds the visible provisioned functions of a controlling function that are not there yet. */
export function addProvisionedFunctions(
  kernel: FunctionBus,
  physical: PhysicalFunction,
): readonly PciFunction[] {
  const { controller } = physical;
  // Without an IOMMU there is no VFIO that could show them.
  if (!isPrimary(controller) || !kernel.hasIommu) return [];
  const groups = kernel.freeGroups();
  return controller.part.secondaries.flatMap((secondary) => {
    const address = shownAt(physical, secondary);
    if (address === undefined || kernel.functions.has(address)) return [];
    const entry: PciFunction = {
      address,
      transport: 'siov',
      controller: secondary,
      physicalFunction: physical,
      vfn: 0,
      deviceId: physical.deviceId,
      iommuGroup: groups.next().value,
      driver: provisionedFunctionDriver,
      driverOverride: null,
      instance: null,
      probeEndsAt: null,
      vfio: null,
      owner: null,
    };
    kernel.add(entry);
    kernel.startVfio(entry);
    return [entry];
  });
}

/** The provisioned functions that the kernel shows for a controlling function. */
export function provisionedFunctionsOf(kernel: FunctionBus, parent: PciFunction): readonly PciFunction[] {
  return [...kernel.functions.values()].filter(
    (entry) => entry.physicalFunction === parent && provisionedUuidOf(entry) !== null,
  );
}

/** Takes them away, as when the driver of their parent goes. */
export function removeProvisionedFunctions(kernel: FunctionBus, entries: readonly PciFunction[]): void {
  for (const entry of entries) {
    entry.owner = null;
    kernel.dropDriver(entry);
    kernel.functions.delete(entry.address);
  }
}

/** Makes the kernel follow what the controlling functions of an NVM subsystem show and hide. Answers what is gone. */
export function followVisibility(
  kernel: FunctionBus,
  subsystem: SimulatedSubsystem,
): ReadonlySet<PciFunction> {
  const gone = new Set<PciFunction>();
  for (const entry of [...kernel.functions.values()]) {
    if (entry.controller.subsystem !== subsystem || !isSecondary(entry.controller)) continue;
    const { visible } = entry.controller.part;
    const exists = subsystem.controllers.get(entry.controller.cntlid) === entry.controller;
    if (visible && exists) continue;
    const isProvisioned = provisionedUuidOf(entry) !== null;
    if (!isProvisioned && entry.driver !== 'vfio-pci') continue;
    gone.add(entry);
    if (isProvisioned) removeProvisionedFunctions(kernel, [entry]);
    else {
      entry.owner = null;
      kernel.dropDriver(entry);
    }
  }
  for (const entry of [...kernel.functions.values()])
    if (isPhysical(entry) && entry.controller.subsystem === subsystem && entry.driver === 'nvme')
      addProvisionedFunctions(kernel, entry);
  return gone;
}

function shownAt(physical: PhysicalFunction, secondary: SimulatedController): string | undefined {
  if (!isSecondary(secondary) || secondary.part.uuid === null || !secondary.part.visible) return undefined;
  return provisionedAddress(physical.address, secondary.part.uuid);
}
