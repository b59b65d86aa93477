import type {
  FileController,
  FileProvisionedFunction,
  FileSecondary,
} from '#shared/fleet-file/controller/controller-schema.ts';
import { provisionedFunctionDriver } from '#shared/vfio/drivers.ts';
import type { PciFunction, PhysicalFunction } from '../host/pci-function.ts';
import type { SimulatedHost } from '../host/simulated-host.ts';
import type { SimulatedController } from '../state/controller.ts';

/** What a fleet file says of the controller of a function. */
export type WrittenFunction = FileController | FileSecondary | FileProvisionedFunction;

/** How a function stands in its host's kernel. */
type WrittenKernelState = Pick<FileSecondary, 'driver' | 'driverOverride' | 'iommuGroup' | 'deviceInstance'>;

/**
 * The physical function of a controller, without a driver. `index` is its place among the physical functions of its host,
 * from which its IOMMU group follows where the file names none.
 */
export function physicalFunctionFromFile(
  written: FileController,
  host: SimulatedHost,
  controller: SimulatedController,
  index: number,
): PhysicalFunction {
  const isFabrics = written.address === null;
  const group = written.iommuGroup === undefined ? index : written.iommuGroup;
  return {
    address: written.address ?? `nvme${written.deviceInstance ?? index}`,
    transport: written.role === 'plain' ? written.transport : 'pcie',
    controller,
    physicalFunction: null,
    vfn: 0,
    deviceId: written.pciDeviceId,
    iommuGroup: isFabrics || !host.kernel.hasIommu ? null : group,
    driver: null,
    driverOverride: written.driverOverride,
    instance: null,
    probeEndsAt: null,
    vfio: null,
    owner: null,
    sriov:
      written.role === 'primary' && written.sriov.totalVfs > 0
        ? {
            totalVfs: written.sriov.totalVfs,
            vfOffset: written.sriov.vfOffset,
            vfStride: written.sriov.vfStride,
            driversAutoprobe: written.sriov.driversAutoprobe,
          }
        : null,
  };
}

/** Gives a virtual or provisioned function, which its host's kernel has put on the bus, what the file says of it. */
export function functionFromFile(
  entry: PciFunction,
  written: FileSecondary | FileProvisionedFunction | undefined,
): void {
  if (!written) return;
  if ('driverOverride' in written) entry.driverOverride = written.driverOverride;
  if (written.iommuGroup !== undefined) entry.iommuGroup = written.iommuGroup;
}

/** Binds the driver that the file says; a physical function of which it says nothing has `nvme`. */
export function driverFromFile(
  entry: PciFunction,
  host: SimulatedHost,
  written: WrittenFunction | undefined,
): void {
  if (isProvisioned(written)) return;
  const usual = entry.physicalFunction === null ? 'nvme' : null;
  const driver = written?.driver === undefined ? usual : written.driver;
  if (driver === 'vfio-pci') host.kernel.startVfio(entry);
  entry.driver = driver;
  if (driver === 'nvme') entry.instance = written?.deviceInstance ?? null;
}

/** The driver of its parent shows a provisioned function; nothing else is ever bound to it. */
function isProvisioned(written: WrittenFunction | undefined): written is FileProvisionedFunction {
  return written !== undefined && !('vfn' in written) && !('role' in written);
}

/** A function that is not on the bus has nothing. A probe that is still waiting in vain would end without a driver. */
export function functionToFile(entry: PciFunction | undefined): WrittenKernelState {
  if (!entry) return { driverOverride: null };
  const isProbing = entry.probeEndsAt !== null;
  return {
    driver: isProbing || entry.driver === provisionedFunctionDriver ? null : entry.driver,
    driverOverride: entry.driverOverride,
    iommuGroup: entry.iommuGroup,
    ...(entry.instance === null || isProbing ? {} : { deviceInstance: entry.instance }),
  };
}

/** The VFIO device goes on where the file left it. */
export function vfioFromFile(entry: PciFunction, written: WrittenFunction | undefined): void {
  if (written && 'vfio' in written && written.vfio) entry.vfio?.restore(written.vfio);
}

/** State of the VFIO device, when there is something to say of it. */
export function vfioToFile(entry: PciFunction | undefined): Pick<FileSecondary, 'vfio'> {
  const vfio = entry?.vfio?.toFile();
  return vfio ? { vfio } : {};
}
