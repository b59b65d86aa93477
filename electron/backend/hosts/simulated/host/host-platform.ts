import type { Capability, HostPlatform } from '#shared/fleet/schema.ts';
import type { FileHost } from '#shared/fleet-file/schema.ts';
import { platformFeatures } from '#shared/platform/feature-levels.ts';

/** Words that people write for a host without IOMMU. */
const noIommuWords = /^\s*(none|no|off|disabled|false)?\s*$/i;

/** Name of the host's IOMMU as its file gives it; empty where it has none. */
export function iommuOf({ iommu }: Pick<FileHost, 'iommu'>): string {
  return noIommuWords.test(iommu) ? '' : iommu;
}

/** What a simulated hypervisor says of itself, as `uname`, QMP `query-version`, `getconf` and iommufd would. */
export function hostPlatform(file: FileHost): HostPlatform {
  const hasIommu = iommuOf(file) !== '';
  return {
    qemu: file.qemu,
    libvirt: file.libvirt,
    pageSize: file.pageSize,
    iommuPageSizes: hasIommu ? [...file.iommuPageSizes].sort((left, right) => left - right) : [],
    iommuHardwareDirtyTracking: iommuTracking(file),
    features: platformFeatures(file.kernel, file.qemu),
  };
}

function iommuTracking(file: FileHost): Capability {
  if (iommuOf(file) === '') return { available: false, reason: 'The host has no IOMMU.' };
  if (!file.iommuDirtyTracking)
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
