import type { Host } from '../../fleet/schema.ts';
import { controllerFullTitle } from '../../fleet/selectors.ts';
import { compareReleases, releaseOf } from '../../platform/feature-levels.ts';
import type { MigrationSubject } from '../subject.ts';
import type { Check } from './check.ts';
import { type Finding, makeCheck } from './make-check.ts';

/**
 * What the releases of QEMU and libvirt decide, beyond whether they migrate VFIO devices at all. Each of them is known,
 * or not recorded: then it is a warning, because nothing speaks for a pass and nothing for a refusal.
 */
export function versionChecks(subject: MigrationSubject, source: Host, destination: Host): Check[] {
  const check = (rule: string, title: string, finding: Finding) =>
    makeCheck('environment', rule, subject.request.destinationHostId, title, finding);
  return [
    check('qemu-order', 'QEMU version pair', orderFinding(source, destination)),
    check('switchover-ack', 'Acknowledged switch-over', acknowledgementFinding(source, destination)),
    check('multifd', 'Device state over several connections', multifdFinding(source, destination)),
    check('libvirt', 'libvirt', libvirtFinding(source, destination)),
    check('viommu', 'Virtual IOMMU', viommuFinding(subject, source, destination)),
  ];
}

const notRecorded = 'not recorded';
const recordFix = 'Read query-version of both, then acknowledge';

function qemuValues(source: Host, destination: Host) {
  return {
    source: source.platform.qemu || notRecorded,
    destination: destination.platform.qemu || notRecorded,
  };
}

/** Migration between QEMU versions is for the same machine type; an older destination may not know the newer one. */
function orderFinding(source: Host, destination: Host): Finding {
  const values = qemuValues(source, destination);
  const [from, to] = [releaseOf(source.platform.qemu), releaseOf(destination.platform.qemu)];
  const evidence = `QEMU ${values.source} on ${source.name}, ${values.destination} on ${destination.name}`;
  if (from === null || to === null) return { verdict: 'warning', evidence, fix: recordFix, ...values };
  const order = compareReleases(from, to);
  if (order === 0) return { verdict: 'passed', evidence: `${evidence}: the same release`, ...values };
  return {
    verdict: 'warning',
    evidence:
      order < 0
        ? `${evidence}: works with a machine type that both versions support; migrating back works only while the guest keeps that type. Its machine type is not recorded`
        : `${evidence}: the older destination must support the guest's machine type, and devices must not use newer features. Its machine type is not recorded`,
    fix: 'Use the same QEMU version, or make sure that both versions support the machine type of the guest, then acknowledge',
    ...values,
  };
}

/** 11.1 reworked it: one side before and one side after the change do not acknowledge alike. */
function acknowledgementFinding(source: Host, destination: Host): Finding {
  const values = qemuValues(source, destination);
  const releases = [source, destination].map(({ platform }) => releaseOf(platform.qemu));
  const evidence = `QEMU ${values.source} on ${source.name}, ${values.destination} on ${destination.name}`;
  if (releases.includes(null)) return { verdict: 'warning', evidence, fix: recordFix, ...values };
  const reworked = releases.map((release) => release !== null && compareReleases(release, [11, 1]) >= 0);
  if (reworked[0] === reworked[1])
    return {
      verdict: 'passed',
      evidence: `${evidence}: both ${reworked[0] === true ? 'from' : 'before'} 11.1, which reworked it`,
      ...values,
    };
  return {
    verdict: 'warning',
    evidence: `${evidence}: 11.1 reworked it, only one side has that`,
    fix: 'Use the same QEMU version, or switch the capability switchover-ack off on both, then acknowledge',
    ...values,
  };
}

/** It is only used where both have it; without, the state takes one connection. */
function multifdFinding(source: Host, destination: Host): Finding {
  const values = qemuValues(source, destination);
  const hosts = [source, destination];
  const evidence = `QEMU ${values.source} on ${source.name}, ${values.destination} on ${destination.name}`;
  if (hosts.some(({ platform }) => releaseOf(platform.qemu) === null))
    return { verdict: 'warning', evidence, fix: recordFix, ...values };
  const without = hosts.filter(({ platform }) => !platform.features.qemuMultifd.available);
  return {
    verdict: 'passed',
    evidence:
      without.length === 0
        ? `${evidence}: both can send it over several`
        : `${evidence}: ${without.map(({ name }) => name).join(' and ')} cannot, so it takes one; nothing else changes`,
    ...values,
  };
}

/** libvirt refused every PCI host device before 8.6; distributions put the change into older versions too. */
function libvirtFinding(source: Host, destination: Host): Finding {
  const words = ({ platform }: Host) =>
    platform.libvirt === '' ? 'not used' : (platform.libvirt ?? notRecorded);
  const values = { source: words(source), destination: words(destination) };
  const evidence = `${source.name}: ${values.source}, ${destination.name}: ${values.destination}`;
  const hosts = [source, destination].filter(({ platform }) => platform.libvirt !== '');
  const releases = hosts.map(({ platform }) => releaseOf(platform.libvirt ?? ''));
  if (releases.includes(null))
    return { verdict: 'warning', evidence, fix: 'Read virsh version of both, then acknowledge', ...values };
  const old = hosts.filter((_, index) => compareReleases(releases[index] ?? [0, 0], [8, 6]) < 0);
  if (old.length === 0) return { verdict: 'passed', evidence, ...values };
  return {
    verdict: 'error',
    evidence: `${evidence}: domain has assigned non-USB host devices (${old.map(({ name }) => name).join(' and ')})`,
    fix: 'Use libvirt 8.6 or newer on both hosts',
    ...values,
  };
}

/**
 * A guest with an IOMMU of its own. QEMU before 11.1 refuses it with VFIO devices, later ones only where a function is
 * tracked by the device itself.
 */
function viommuFinding(
  { machine, devices, fleet }: MigrationSubject,
  source: Host,
  destination: Host,
): Finding {
  const values = qemuValues(source, destination);
  if (machine?.viommu !== true)
    return { verdict: 'passed', evidence: `${machine?.name ?? 'the guest'} has no virtual IOMMU` };
  const releases = [source, destination].map(({ platform }) => releaseOf(platform.qemu));
  const known = `${machine.name} has a virtual IOMMU; QEMU ${values.source} on ${source.name}, ${values.destination} on ${destination.name}`;
  const old = releases.some((release) => release !== null && compareReleases(release, [11, 1]) < 0);
  if (old)
    return {
      verdict: 'error',
      evidence: `${known}: before 11.1 it does not migrate VFIO devices behind one`,
      fix: 'Start the guest without a virtual IOMMU, or use QEMU 11.1 or newer on both hosts',
      ...values,
    };
  const tracked = devices.flatMap(({ source: one }) =>
    one?.vfioOffer.flags?.dmaLogging === true ? [controllerFullTitle(fleet, one)] : [],
  );
  if (tracked.length > 0)
    return {
      verdict: 'error',
      evidence: `${known}, and ${tracked.join(', ')} would be tracked by the device itself (DMA logging)`,
      fix: 'Start the guest without a virtual IOMMU, or let the IOMMU of the host track the writes',
      ...values,
    };
  if (releases.includes(null)) return { verdict: 'warning', evidence: known, fix: recordFix, ...values };
  return {
    verdict: 'passed',
    evidence: `${known}; no function of it is tracked by the device itself`,
    ...values,
  };
}
