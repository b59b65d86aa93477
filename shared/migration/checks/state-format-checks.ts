import type { Fleet, PrimaryController } from '../../fleet/schema.ts';
import { controllerFullTitle } from '../../fleet/selectors.ts';
import { migrationInterfaces } from '../../vfio/migration-interface.ts';
import type { MigrationInterface } from '../../vfio/schema.ts';
import { groupBy, type MigratingDevice, type MigrationSubject } from '../subject.ts';
import type { Check } from './check.ts';
import { type Finding, holds, makeCheck } from './make-check.ts';

/** Whether the saved state of the source can be loaded at the destination (Identify CNS 20h on both primaries). */
export function stateFormatChecks(subject: MigrationSubject): Check[] {
  return [...distinctPrimaryPairs(subject.devices)].flatMap(([about, device]) => {
    const { sourcePrimary, destinationPrimary } = device;
    const common = sourcePrimary?.migrationInterface ?? null;
    // Another interface, or none on one side, is an error of its own; formats cannot be compared then.
    if (common !== destinationPrimary?.migrationInterface) return [];
    if (common === 'vendor-2022' || common === 'self-contained') return [opaqueState(about, common)];
    return [
      makeCheck(
        'state-format',
        'version',
        about,
        'Controller state version',
        versionFinding(subject.fleet, sourcePrimary, destinationPrimary),
      ),
      makeCheck(
        'state-format',
        'uuid',
        about,
        'Vendor state format',
        uuidFinding(subject.fleet, sourcePrimary, destinationPrimary),
      ),
    ];
  });
}

/** CNS 20h is the standard's; the state of an older device is opaque and judged by the device that loads it. */
function opaqueState(about: string, kind: MigrationInterface): Check {
  return makeCheck('state-format', 'opaque', about, 'State of the device', {
    verdict: 'passed',
    evidence: `${migrationInterfaces[kind].title} on both sides: the state is opaque. The device that loads it compares device ID, I/O queue pairs and isolation, and refuses what does not fit before anything is lost`,
  });
}

/** One device for each pair of controlling functions. */
export function distinctPrimaryPairs(devices: readonly MigratingDevice[]): Map<string, MigratingDevice> {
  const groups = groupBy(
    devices,
    (device) => `${device.sourcePrimary?.id ?? '?'}→${device.destinationPrimary?.id ?? '?'}`,
  );
  const first = new Map<string, MigratingDevice>();
  for (const [key, [device]] of groups) if (device !== undefined) first.set(key, device);
  return first;
}

function title(fleet: Fleet, primary: PrimaryController | undefined): string {
  return primary === undefined ? 'unknown' : controllerFullTitle(fleet, primary);
}

function versionFinding(
  fleet: Fleet,
  source: PrimaryController | undefined,
  destination: PrimaryController | undefined,
): Finding {
  const unknown = [source, destination].filter((primary) => primary?.stateFormats == null);
  if (source?.stateFormats == null || destination?.stateFormats == null)
    return {
      verdict: 'error',
      evidence: `${unknown.map((primary) => title(fleet, primary)).join(' and ')}: no Supported Controller State Formats (CNS 20h)`,
      fix: 'Choose controlling functions that support Host Managed Live Migration',
    };
  const common = source.stateFormats.versions.filter((version) =>
    destination.stateFormats?.versions.includes(version),
  );
  const values = {
    source: source.stateFormats.versions.join(', ') || 'none',
    destination: destination.stateFormats.versions.join(', ') || 'none',
  };
  return holds(
    common.length > 0,
    common.length > 0
      ? `NVMe state version ${common.join(', ')} on ${title(fleet, source)} and ${title(fleet, destination)} (CNS 20h)`
      : `versions ${values.source} on ${title(fleet, source)}, ${values.destination} on ${title(fleet, destination)} (CNS 20h): none in common`,
    'Choose a destination that supports one of the versions of the source, or update its firmware',
    values,
  );
}

/**
 * The NVMe-defined state holds the I/O queues only; admin queue, registers and features travel in the vendor part.
 * It can be loaded only where its UUID is known.
 */
function uuidFinding(
  fleet: Fleet,
  source: PrimaryController | undefined,
  destination: PrimaryController | undefined,
): Finding {
  const left = source?.stateFormats?.uuids ?? [];
  const right = destination?.stateFormats?.uuids ?? [];
  const values = { source: left.join(', ') || 'none', destination: right.join(', ') || 'none' };
  const common = left.filter((uuid) => right.includes(uuid));
  if (left.length === 0)
    return {
      verdict: 'warning',
      evidence: `${title(fleet, source)} has no vendor state format (CNS 20h): admin queue, registers and features are not part of the state`,
      fix: 'Acknowledge that the guest driver must set up its admin queue again',
      ...values,
    };
  return holds(
    common.length > 0,
    common.length > 0
      ? `vendor UUID ${common.join(', ')} on both (CNS 20h)`
      : `vendor UUIDs ${values.source} and ${values.destination}: none in common (CNS 20h)`,
    'Choose a destination that knows the vendor state format of the source',
    values,
  );
}
