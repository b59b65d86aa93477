import type { provisionedFunctionDriver } from '#shared/vfio/drivers.ts';
import { isSecondary, type SimulatedController } from '../state/controller.ts';
import type { SimulatedVfioDevice } from '../vfio/vfio-device.ts';

/** How a function stands in the simulated kernel. */
export interface PciFunction {
  /** `0000:41:00.0`; for a provisioned function `0000:81:00.0/<uuid>`; for a fabrics controller its device name. */
  readonly address: string;
  readonly transport: string;
  readonly controller: SimulatedController;
  /** Null for a physical function; for a provisioned function its parent. */
  readonly physicalFunction: PhysicalFunction | null;
  /** 1-based; 0 for a physical function and for a provisioned one. */
  readonly vfn: number;
  /** PCI device ID. */
  readonly deviceId: number;
  iommuGroup: number | null;
  /** A provisioned function has the driver of its kind for as long as its controlling function shows it. */
  driver: 'nvme' | 'vfio-pci' | typeof provisionedFunctionDriver | null;
  driverOverride: string | null;
  /** N of `/dev/nvmeN`; null without the nvme driver. */
  instance: number | null;
  /** Microseconds on the clock when a probe that found the controller not ready gives up; null when none runs. */
  probeEndsAt: number | null;
  /** Open VFIO device while bound to vfio-pci. */
  vfio: SimulatedVfioDevice | null;
  /** Virtual machine that owns it. */
  owner: string | null;
}

export interface PhysicalFunction extends PciFunction {
  readonly physicalFunction: null;
  readonly sriov: {
    readonly totalVfs: number;
    readonly vfOffset: number;
    readonly vfStride: number;
    driversAutoprobe: boolean;
  } | null;
}

/** What a kernel does with the functions on its buses, whoever puts them there. */
export interface FunctionBus {
  /** By address. */
  readonly functions: Map<string, PciFunction>;
  readonly hasIommu: boolean;
  add(entry: PciFunction): void;
  /** IOMMU group numbers that nothing has, ascending. */
  freeGroups(): Generator<number, never>;
  /** Binds the VFIO driver of its kind. */
  startVfio(entry: PciFunction): void;
  /** Forgets the driver without touching the controller. */
  dropDriver(entry: PciFunction): void;
}

export function isPhysical(entry: PciFunction): entry is PhysicalFunction {
  return entry.physicalFunction === null;
}

/** Identifier of a provisioned function, null for a function of the PCI bus. */
export function provisionedUuidOf({ controller }: Pick<PciFunction, 'controller'>): string | null {
  return isSecondary(controller) ? controller.part.uuid : null;
}
