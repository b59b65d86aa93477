import type { Capability, HostPlatform } from '#shared/fleet/schema.ts';
import type { FileHost } from '#shared/fleet-file/schema.ts';
import { platformFeatures } from '#shared/platform/feature-levels.ts';

/** What a simulated hypervisor says of itself, as `uname`, QMP `query-version`, `getconf` and iommufd would. */
export function hostPlatform(file: FileHost): HostPlatform {
  const hasIommu = file.iommu !== '';
  return {
    qemu: file.qemu,
    pageSize: file.pageSize,
    iommuPageSizes: hasIommu ? [...file.iommuPageSizes].sort((left, right) => left - right) : [],
    iommuHardwareDirtyTracking: iommuTracking(file),
    features: platformFeatures(file.kernel, file.qemu),
  };
}

function iommuTracking({ iommu, iommuDirtyTracking }: FileHost): Capability {
  if (iommu === '') return { available: false, reason: 'The host has no IOMMU.' };
  if (!iommuDirtyTracking)
    return {
      available: false,
      reason: 'The IOMMU does not note which pages devices write (no IOMMU_HW_CAP_DIRTY_TRACKING).',
    };
  return { available: true };
}

/** Migration flags of the host's VFIO driver: what its file offers and its kernel can carry. */
export function vfioFlags({ vfio, kernel, qemu }: FileHost): {
  readonly stopCopy: boolean;
  readonly p2p: boolean;
  readonly preCopy: boolean;
} {
  const { kernelMigrationV2, kernelP2p, kernelPreCopy } = platformFeatures(kernel, qemu);
  return {
    stopCopy: vfio.stopCopy && kernelMigrationV2.available,
    p2p: vfio.p2p && kernelP2p.available,
    preCopy: vfio.preCopy && kernelPreCopy.available,
  };
}
