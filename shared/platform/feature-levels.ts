import type { PlatformFeature } from './schema.ts';

export interface FeatureLevel {
  readonly feature: PlatformFeature;
  readonly part: 'kernel' | 'QEMU';
  /** First release that has it: major and minor number. */
  readonly since: readonly [number, number];
  readonly title: string;
  /** Where it can be seen: a uAPI name, a QEMU property or document. */
  readonly source: string;
}

/**
 * The one table of levels. The kernel's are upstream Linux releases, QEMU's upstream QEMU releases; a distribution may
 * have backported one of them, so a missing one is told with the release that it needs and never as the hardware's fault.
 * What a feature means for a migration stands in Linux `include/uapi/linux/vfio.h` and QEMU
 * `docs/devel/migration/vfio.rst`.
 */
export const featureLevels: readonly FeatureLevel[] = [
  level('kernelMigrationV2', 'kernel', 5, 18, 'VFIO migration v2', 'VFIO_DEVICE_FEATURE_MIGRATION'),
  level('kernelP2p', 'kernel', 5, 18, 'peer-to-peer quiescence', 'VFIO_MIGRATION_P2P'),
  level('kernelDmaLogging', 'kernel', 6, 1, 'DMA logging', 'VFIO_DEVICE_FEATURE_DMA_LOGGING_START'),
  level('kernelPreCopy', 'kernel', 6, 2, 'PRE_COPY', 'VFIO_MIGRATION_PRE_COPY'),
  level('kernelDataSize', 'kernel', 6, 2, 'size of the device state', 'VFIO_DEVICE_FEATURE_MIG_DATA_SIZE'),
  level('kernelIommufd', 'kernel', 6, 6, 'iommufd for VFIO devices', 'VFIO_DEVICE_BIND_IOMMUFD'),
  level(
    'kernelIommuDirtyTracking',
    'kernel',
    6,
    7,
    'iommufd dirty tracking',
    'IOMMU_HWPT_SET_DIRTY_TRACKING',
  ),
  level('qemuDeviceDirtyTracking', 'QEMU', 8, 0, 'device dirty tracking', 'vfio.rst, Device dirty tracking'),
  level('qemuMigration', 'QEMU', 8, 1, 'VFIO migration', 'vfio-pci property enable-migration'),
  level('qemuPreCopy', 'QEMU', 8, 1, 'VFIO pre-copy', 'vfio.rst, Pre-copy'),
  level('qemuSwitchoverAck', 'QEMU', 8, 1, 'switchover-ack', 'migration capability switchover-ack'),
  level('qemuP2p', 'QEMU', 8, 2, 'several VFIO devices (P2P)', 'vfio.rst, P2P states'),
  level('qemuIommuDirtyTracking', 'QEMU', 9, 1, 'IOMMU dirty tracking', 'IOMMU_HWPT_GET_DIRTY_BITMAP'),
  level('qemuMultifd', 'QEMU', 10, 0, 'VFIO state over multifd', 'property x-migration-multifd-transfer'),
];

function level(
  feature: PlatformFeature,
  part: FeatureLevel['part'],
  major: number,
  minor: number,
  title: string,
  source: string,
): FeatureLevel {
  return { feature, part, since: [major, minor], title, source };
}

/** Whether something is there; if not, why. The shape of a capability of the fleet. */
export type FeatureAnswer =
  | { readonly available: true }
  | { readonly available: false; readonly reason: string };

/** `6.8.0-41-generic` as [6, 8]; null when it does not begin with two numbers. */
export function releaseOf(text: string): readonly [number, number] | null {
  const match = /^(\d{1,4})\.(\d{1,4})(?!\d)/.exec(text);
  return match === null ? null : [Number(match[1]), Number(match[2])];
}

/** Negative when the left release is older. */
export function compareReleases(left: readonly [number, number], right: readonly [number, number]): number {
  return left[0] - right[0] || left[1] - right[1];
}

/** What a host with this kernel release and QEMU version can do; an empty text is an unknown version. */
export function platformFeatures(kernel: string, qemu: string): Record<PlatformFeature, FeatureAnswer> {
  const answers = featureLevels.map((entry) => [
    entry.feature,
    answer(entry, entry.part === 'kernel' ? kernel : qemu),
  ]);
  return Object.fromEntries(answers) as Record<PlatformFeature, FeatureAnswer>;
}

function answer({ part, since, title, source }: FeatureLevel, version: string): FeatureAnswer {
  const release = releaseOf(version);
  if (release === null) {
    const what = part === 'kernel' ? 'kernel release' : 'QEMU version';
    return {
      available: false,
      reason: version === '' ? `The ${what} is unknown.` : `${version} is not a ${what}.`,
    };
  }
  if (compareReleases(release, since) >= 0) return { available: true };
  return {
    available: false,
    reason: `${title} is not supported in ${part} ${version}: it came with ${part === 'kernel' ? 'Linux' : 'QEMU'} ${since.join('.')} (${source}).`,
  };
}
