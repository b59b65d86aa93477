import type { Fleet, Host, VirtualMachine } from '#shared/fleet/schema.ts';
import { throughput } from '#shared/migration/link-model.ts';
import { featureLevels } from '#shared/platform/feature-levels.ts';
import { formatMemory, formatRate } from '../ui/format.ts';

/** `4 KiB, 2 MiB`, or that it is not known. */
export function pageSizes(sizes: readonly number[]): string {
  const known = sizes.filter((size) => size > 0);
  return known.length === 0 ? 'unknown' : known.map(formatMemory).join(', ');
}

/** Speed of the migration link, with latency and loss where they are known and not zero. */
export function linkWords(host: Host): string {
  const { linkBytesPerSecond: bytesPerSecond, linkLatencyMilliseconds, linkLoss } = host;
  if (bytesPerSecond <= 0) return 'unknown';
  // Left out and 0 read the same: neither slows a migration down.
  const latencyMilliseconds = linkLatencyMilliseconds ?? 0;
  const loss = linkLoss ?? 0;
  const parts = [formatRate(bytesPerSecond)];
  if (latencyMilliseconds > 0) parts.push(`${latencyMilliseconds} ms one way`);
  if (loss > 0) parts.push(`${Number((loss * 100).toPrecision(3))} % lost`);
  if (loss > 0) parts.push(`passes ${formatRate(throughput({ bytesPerSecond, latencyMilliseconds, loss }))}`);
  return parts.join(' · ');
}

/** Titles of what the host's kernel or QEMU has for migrations. */
export function featureWords(host: Host, part: 'kernel' | 'QEMU'): string {
  const present = featureLevels.filter(
    (entry) => entry.part === part && host.platform.features[entry.feature].available,
  );
  return present.length === 0 ? 'no migration features' : present.map(({ title }) => title).join(', ');
}

/** Why the rest is not there; what follows from an unknown version is said once. */
export function featureReasons(host: Host): readonly string[] {
  const answers = featureLevels.map(({ feature }) => host.platform.features[feature]);
  return [...new Set(answers.flatMap((answer) => (answer.available ? [] : [answer.reason])))];
}

/** What the guest writes, as its hypervisor measured it. */
export function dirtyRateWords(fleet: Fleet, machine: VirtualMachine): string {
  if (machine.dirtyBytesPerSecond === null) return 'not measured: the guest is not running';
  const measured = fleet.source.simulated
    ? 'measured by the simulated hypervisor'
    : 'measured by the hypervisor';
  const rate = machine.dirtyBytesPerSecond === 0 ? 'nothing' : formatRate(machine.dirtyBytesPerSecond);
  return `${rate}, ${measured}`;
}
