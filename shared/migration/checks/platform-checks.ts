import type {
  Controller,
  Fleet,
  Host,
  HostPlatform,
  PrimaryController,
  SecondaryController,
} from '../../fleet/schema.ts';
import { controllerFullTitle, controllerTitle } from '../../fleet/selectors.ts';
import { releaseOf } from '../../platform/feature-levels.ts';
import type { PlatformFeature } from '../../platform/schema.ts';
import { isVfioDriver } from '../../vfio/drivers.ts';
import { forecastMigration } from '../forecast.ts';
import type { MigrationSubject } from '../subject.ts';
import type { Check } from './check.ts';
import { type Finding, makeCheck } from './make-check.ts';
import { versionChecks } from './version-checks.ts';

/** Kernel, QEMU, IOMMU and page sizes of both hosts: what a migration of VFIO devices stands on. */
export function platformChecks(subject: MigrationSubject): Check[] {
  const { sourceHost: source, destinationHost: destination, request } = subject;
  if (source === undefined || destination === undefined) return [];
  const check = (rule: string, title: string, finding: Finding) =>
    makeCheck('environment', rule, request.destinationHostId, title, finding);
  return [
    check('kernel', 'VFIO migration in the kernel', kernelFinding(source, destination)),
    check('qemu', 'QEMU level', qemuFinding(source, destination, request.devices.length)),
    check('page-size', 'Memory page size', pageSizeFinding(source, destination)),
    check('iommu-page-size', 'IOMMU page sizes', iommuPageSizeFinding(source, destination)),
    check('iommu-group', 'IOMMU groups', iommuGroupFinding(subject)),
    check('dirty-tracking', 'Tracking of device writes', dirtyTrackingFinding(subject, source)),
    ...versionChecks(subject, source, destination),
  ];
}

const versionFix = 'Check with uname -r and query-version, then acknowledge';

function missing(host: Host, feature: PlatformFeature): string | null {
  const answer = host.platform.features[feature];
  return answer.available ? null : `${host.name}: ${answer.reason}`;
}

// Both hosts must have the ioctls; distributions may have backported them, but then the driver offers its flags too.
function kernelFinding(source: Host, destination: Host): Finding {
  const values = {
    source: source.kernel || 'not recorded',
    destination: destination.kernel || 'not recorded',
  };
  const reasons = [source, destination].flatMap((host) => missing(host, 'kernelMigrationV2') ?? []);
  if (reasons.length === 0)
    return {
      verdict: 'passed',
      evidence: `Linux ${values.source} and ${values.destination} have VFIO_DEVICE_FEATURE_MIGRATION`,
      ...values,
    };
  if (
    [source, destination].every((host) => host.kernel === '' || missing(host, 'kernelMigrationV2') === null)
  )
    return { verdict: 'warning', evidence: reasons.join('; '), fix: versionFix, ...values };
  return {
    verdict: 'error',
    evidence: `VFIO migration is not supported in kernel (-ENOTTY). ${reasons.join('; ')}`,
    fix: 'Boot both hosts with Linux 5.18 or newer',
    ...values,
  };
}

/** Whether both versions migrate VFIO devices, and several of them. */
function qemuFinding(source: Host, destination: Host, devices: number): Finding {
  const values = {
    source: source.platform.qemu || 'not recorded',
    destination: destination.platform.qemu || 'not recorded',
  };
  const releases = [source, destination].map(({ platform }) => releaseOf(platform.qemu));
  const evidence = `QEMU ${values.source} on ${source.name}, ${values.destination} on ${destination.name}`;
  if (releases.includes(null)) return { verdict: 'warning', evidence, fix: versionFix, ...values };
  const needed: readonly PlatformFeature[] = devices > 1 ? ['qemuMigration', 'qemuP2p'] : ['qemuMigration'];
  const reasons = needed.flatMap((feature) =>
    [source, destination].flatMap((host) => missing(host, feature) ?? []),
  );
  if (reasons.length > 0)
    return {
      verdict: 'error',
      evidence: `${evidence}. ${reasons.join('; ')}`,
      fix: `Use QEMU ${devices > 1 ? '8.2' : '8.1'} or newer on both hosts`,
      ...values,
    };
  return { verdict: 'passed', evidence: `${evidence}: ${optionalWords(source.platform)}`, ...values };
}

function optionalWords({ features }: HostPlatform): string {
  const say = (feature: PlatformFeature, name: string) =>
    `${name} ${features[feature].available ? 'available' : 'not available'}`;
  return [
    say('qemuPreCopy', 'pre-copy'),
    say('qemuSwitchoverAck', 'switchover-ack'),
    say('qemuMultifd', 'device state over multifd'),
  ].join(', ');
}

function pageSizeFinding(source: Host, destination: Host): Finding {
  const sizes = [source.platform.pageSize, destination.platform.pageSize] as const;
  const values = { source: sizeWords(sizes[0]), destination: sizeWords(sizes[1]) };
  const evidence = `${source.name} ${values.source}, ${destination.name} ${values.destination} (getconf PAGESIZE)`;
  if (sizes.includes(0))
    return {
      verdict: 'warning',
      evidence,
      fix: 'Compare getconf PAGESIZE by hand, then acknowledge',
      ...values,
    };
  if (sizes[0] === sizes[1]) return { verdict: 'passed', evidence, ...values };
  return {
    verdict: 'error',
    evidence: `${evidence}: the guest's memory cannot be received page by page`,
    fix: 'Choose a host with the same page size',
    ...values,
  };
}

function iommuPageSizeFinding(source: Host, destination: Host): Finding {
  const [from, to] = [source.platform.iommuPageSizes, destination.platform.iommuPageSizes];
  const values = { source: sizesWords(from), destination: sizesWords(to) };
  const evidence = `${source.name}: ${values.source}; ${destination.name}: ${values.destination} (VFIO_IOMMU_GET_INFO, iova_pgsizes)`;
  if (from.length === 0 || to.length === 0)
    return {
      verdict: 'warning',
      evidence,
      fix: 'Compare the page sizes by hand, then acknowledge',
      ...values,
    };
  if (from.some((size) => to.includes(size))) return { verdict: 'passed', evidence, ...values };
  return {
    verdict: 'error',
    evidence: `${evidence}: no size in common, so dirty pages of the source do not match pages of the destination`,
    fix: 'Choose hosts whose IOMMUs share a page size',
    ...values,
  };
}

/** Each of these with whatever a host driver holds in its IOMMU group. One walk: a fleet may have ten thousand controllers. */
export function groupMates(
  fleet: Fleet,
  secondaries: readonly SecondaryController[],
): [SecondaryController, Controller][] {
  const mates: [SecondaryController, Controller][] = [];
  for (const other of Object.values(fleet.controllers)) {
    if (other.driver === null || other.iommuGroup === null || isVfioDriver(other.driver)) continue;
    for (const secondary of secondaries)
      if (
        secondary.hostId === other.hostId &&
        secondary.iommuGroup === other.iommuGroup &&
        secondary.id !== other.id
      )
        mates.push([secondary, other]);
  }
  return mates;
}

/** VFIO hands out whole IOMMU groups: whatever else is in the group must not belong to a host driver. */
function iommuGroupFinding({ fleet, devices }: MigrationSubject): Finding {
  const sides = devices.flatMap(({ source, destination }) => [source, destination]);
  const secondaries = sides.filter((side): side is SecondaryController => side !== undefined);
  const others = groupMates(fleet, secondaries).map(
    ([secondary, other]) =>
      `${controllerFullTitle(fleet, secondary)} shares IOMMU group ${secondary.iommuGroup} with ${controllerTitle(other)}, bound to ${other.driver}`,
  );
  if (others.length > 0)
    return {
      verdict: 'error',
      evidence: others.join('; '),
      fix: 'Bind everything in the group to vfio-pci, or choose a function that is alone in its group',
    };
  const groups = secondaries.map(({ iommuGroup }) => iommuGroup ?? 'unknown');
  return {
    verdict: 'passed',
    evidence: `groups ${groups.join(', ')}: no other function in them is bound to a host driver`,
  };
}

function dirtyTrackingFinding(subject: MigrationSubject, source: Host): Finding {
  const { machine, devices, fleet, request } = subject;
  const device = deviceTracking(source, devices);
  const iommu = iommuTracking(source);
  if (device.length === 0)
    return {
      verdict: 'passed',
      evidence: `the devices track their writes (Track Send, DMA logging of ${source.name})`,
    };
  if (iommu.length === 0)
    return {
      verdict: 'passed',
      evidence: `the IOMMU of ${source.name} tracks the writes through iommufd; the devices cannot: ${device.join('; ')}`,
    };
  const memory = machine === undefined ? '' : ` (${sizeWords(machine.memoryBytes)})`;
  const forecast = forecastMigration(fleet, request);
  const phase = forecast.phases.find(({ phase: name }) => name === 'memory');
  const cost = phase === undefined ? '' : `, ${Math.round(phase.milliseconds)} ms of downtime over this link`;
  return {
    verdict: 'warning',
    evidence: `Nothing tracks what the devices write, so every page that is pinned for DMA${memory} stays dirty and is sent while the guest is stopped${cost}. Devices: ${device.join('; ')}. IOMMU: ${iommu.join('; ')}`,
    fix: 'Use a host whose IOMMU tracks dirty pages (iommufd, Linux 6.7, QEMU 9.1), or a drive that tracks memory; or acknowledge the longer pause',
  };
}

/** Why devices cannot track, empty when all can. */
function deviceTracking(host: Host, devices: MigrationSubject['devices']): string[] {
  const primaries = new Set(devices.map(({ sourcePrimary }) => sourcePrimary));
  return [
    ...(['kernelDmaLogging', 'qemuDeviceDirtyTracking'] as const).flatMap(
      (feature) => missing(host, feature) ?? [],
    ),
    ...[...primaries].flatMap((primary: PrimaryController | undefined) =>
      primary === undefined || primary.memoryTracking.available ? [] : [primary.memoryTracking.reason],
    ),
  ];
}

/** Why the IOMMU cannot track, empty when it can. */
function iommuTracking(host: Host): string[] {
  const hardware = host.platform.iommuHardwareDirtyTracking;
  return [
    ...(hardware.available ? [] : [`${host.name}: ${hardware.reason}`]),
    ...(host.iommu === 'iommufd' || !hardware.available
      ? []
      : [`${host.name}: ${host.iommu} is not used through iommufd`]),
    ...(['kernelIommuDirtyTracking', 'qemuIommuDirtyTracking'] as const).flatMap(
      (feature) => missing(host, feature) ?? [],
    ),
  ];
}

function sizesWords(sizes: readonly number[]): string {
  return sizes.length === 0 ? 'unknown' : sizes.map(sizeWords).join(', ');
}

function sizeWords(bytes: number): string {
  if (bytes === 0) return 'unknown';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Number(value.toFixed(1))} ${units[unit]}`;
}
