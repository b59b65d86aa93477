import { countWords } from '../../count-words.ts';
import type { VirtualSubsystem } from '../../fleet/schema.ts';
import { controllerFullTitle, hostTitle } from '../../fleet/selectors.ts';
import { sameIdentity } from '../../virtual-subsystem/identity/identity-wire.ts';
import { sameMask } from '../../virtual-subsystem/mask/exposed-capability.ts';
import {
  counterpartsAt,
  groupBy,
  keepsPhysicalIdentity,
  type MigratingDevice,
  type MigrationSubject,
} from '../subject.ts';
import type { Check } from './check.ts';
import { type Finding, holds, makeCheck } from './make-check.ts';
import { physicalIdentityChecks } from './physical-identity-checks.ts';

/**
 * What the guest sees as the drive must be the same after the move: the virtual subsystem (a proposal, not in the
 * ratified specification) exists at the destination with the same names, and nobody else has them there.
 */
export function identityChecks(subject: MigrationSubject): Check[] {
  const groups = groupBy(subject.devices, (device) => device.virtualSubsystem?.id);
  return [
    machineName(subject),
    ...subject.devices.flatMap((device) =>
      keepsPhysicalIdentity(device) ? physicalIdentityChecks(subject, device) : [membership(subject, device)],
    ),
    ...[...groups.values()].flatMap((devices) => subsystemChecks(subject, devices)),
  ];
}

function machineName({ fleet, machine, request }: MigrationSubject): Check {
  const name = machine?.name ?? '';
  const taken = Object.values(fleet.virtualMachines).find(
    (other) => other.hostId === request.destinationHostId && other.name === name,
  );
  const host = hostTitle(fleet, request.destinationHostId);
  return makeCheck(
    'identity',
    'machine-name',
    request.virtualMachineId,
    'Name of the virtual machine',
    machine === undefined
      ? {
          verdict: 'error',
          evidence: `${request.virtualMachineId} is not in the fleet`,
          fix: 'Choose a virtual machine of the fleet',
        }
      : holds(
          taken === undefined,
          taken === undefined
            ? `no ${name} on ${host}`
            : `${host} has a virtual machine ${name} (${taken.state})`,
          taken?.state === 'incoming'
            ? `Remove the waiting virtual machine ${name} on ${host}: it is left over from an earlier migration`
            : `Rename or remove ${name} on ${host}`,
        ),
  );
}

function membership({ fleet }: MigrationSubject, device: MigratingDevice): Check {
  const { source, mapping, virtualSubsystem } = device;
  const title = source === undefined ? mapping.sourceId : controllerFullTitle(fleet, source);
  const vcid = source?.virtualControllerId ?? null;
  return makeCheck(
    'identity',
    'virtual-subsystem',
    mapping.sourceId,
    'In a virtual subsystem',
    holds(
      virtualSubsystem !== undefined && vcid !== null,
      virtualSubsystem === undefined
        ? `${title} is not in a virtual subsystem: the guest sees the physical NQN and CNTLID, which do not exist at the destination`
        : `${title} is ${virtualSubsystem.nqn}, virtual controller id ${vcid}`,
      'Put the secondary controller into a virtual subsystem first, and start the guest with it',
    ),
  );
}

function subsystemChecks(subject: MigrationSubject, devices: readonly MigratingDevice[]): Check[] {
  const subsystem = devices[0]?.virtualSubsystem;
  if (subsystem === undefined) return [];
  const primaries = [...new Set(devices.map((device) => device.destinationPrimary?.id ?? '?'))];
  return [
    makeCheck(
      'identity',
      'one-primary',
      subsystem.id,
      'One controlling function per virtual subsystem',
      holds(
        primaries.length === 1,
        `${countWords(devices.length, 'controller')} of ${subsystem.nqn} under ${primaries.join(', ')} at the destination`,
        'Map all controllers of one virtual subsystem to secondaries of the same primary controller',
      ),
    ),
    makeCheck('identity', 'nqn', subsystem.id, 'Virtual NQN', nqnFinding(subject, subsystem, primaries)),
    ...devices.map((device) => virtualIdCheck(subject, subsystem, device)),
    ...replacedFields.map(([rule, title, key]) =>
      makeCheck('identity', rule, subsystem.id, title, replacedFinding(subsystem, devices, key)),
    ),
  ];
}

function nqnFinding(
  { fleet, request }: MigrationSubject,
  subsystem: VirtualSubsystem,
  primaries: readonly string[],
): Finding {
  const host = hostTitle(fleet, request.destinationHostId);
  const existing = counterpartsAt(fleet, request.destinationHostId, subsystem.nqn);
  const physical = Object.values(fleet.controllers).some(
    (controller) =>
      controller.hostId === request.destinationHostId && controller.identity?.subsystemNqn === subsystem.nqn,
  );
  if (physical)
    return {
      verdict: 'error',
      evidence: `${subsystem.nqn} is the NQN of a physical subsystem on ${host}`,
      fix: 'Give the virtual subsystem its own NQN',
    };
  const [counterpart] = existing;
  if (counterpart === undefined)
    return { verdict: 'passed', evidence: `${subsystem.nqn} is free on ${host} and is created there` };
  if (existing.length > 1 || !primaries.includes(counterpart.primaryId))
    return {
      verdict: 'error',
      evidence: `${host} has ${subsystem.nqn} under ${existing.map((other) => other.primaryId).join(', ')}`,
      fix: 'Delete it there, or map to secondaries of that primary controller',
    };
  const same =
    counterpart.primaryVirtualId === subsystem.primaryVirtualId &&
    sameIdentity(counterpart.identity, subsystem.identity) &&
    sameMask(counterpart.exposed, subsystem.exposed);
  if (!same)
    return {
      verdict: 'error',
      evidence: `${host} has ${subsystem.nqn} with another identity or mask`,
      source: describeIdentity(subsystem),
      destination: describeIdentity(counterpart),
      fix: 'Delete the virtual subsystem at the destination; the migration creates it with the right identity',
    };
  const members = counterpart.members.length;
  return members === 0
    ? { verdict: 'passed', evidence: `${subsystem.nqn} is prepared on ${host}, same identity, no members` }
    : {
        verdict: 'warning',
        evidence: `${subsystem.nqn} already has ${countWords(members, 'member')} on ${host}; the moved controllers join them`,
        fix: 'Acknowledge that both belong to the same virtual subsystem, or delete the one at the destination',
      };
}

function describeIdentity(subsystem: VirtualSubsystem): string {
  return `SN ${subsystem.identity.serialNumber}, MN ${subsystem.identity.modelNumber}, FR ${subsystem.identity.firmwareRevision}, controlling function ${subsystem.primaryVirtualId}, ${countWords(subsystem.exposed.length, 'narrowed field')}`;
}

function virtualIdCheck(
  { fleet, request }: MigrationSubject,
  subsystem: VirtualSubsystem,
  device: MigratingDevice,
): Check {
  const vcid = device.source?.virtualControllerId ?? null;
  const counterpart = counterpartsAt(fleet, request.destinationHostId, subsystem.nqn)[0];
  const holder = counterpart?.members.find((member) => member.virtualControllerId === vcid);
  const taken = holder !== undefined || (counterpart !== undefined && counterpart.primaryVirtualId === vcid);
  return makeCheck(
    'identity',
    'virtual-controller-id',
    device.mapping.sourceId,
    'Virtual controller id',
    holds(
      !taken,
      taken
        ? `virtual controller id ${vcid} of ${subsystem.nqn} belongs to ${holder?.controllerId ?? 'the controlling function'} at the destination`
        : `virtual controller id ${vcid} is free at the destination`,
      'Remove that member at the destination first',
    ),
  );
}

/** What the virtual subsystem replaces when it has a value; left empty, the hardware's value shows through. */
const replacedFields = [
  ['serial-number', 'Serial number (SN)', 'serialNumber'],
  ['model-number', 'Model number (MN)', 'modelNumber'],
  ['firmware-revision', 'Firmware revision (FR)', 'firmwareRevision'],
] as const;

function replacedFinding(
  subsystem: VirtualSubsystem,
  devices: readonly MigratingDevice[],
  key: (typeof replacedFields)[number][2],
): Finding {
  const physical = (side: 'sourcePrimary' | 'destinationPrimary') =>
    devices[0]?.[side]?.identity?.[key] ?? 'unknown';
  const values = { source: physical('sourcePrimary'), destination: physical('destinationPrimary') };
  const virtual = subsystem.identity[key];
  if (virtual !== '')
    return {
      verdict: 'passed',
      evidence: `the guest sees virtual ${virtual} on both; physical ${values.source} and ${values.destination}`,
      ...values,
    };
  const evidence = `no virtual value: the guest sees ${values.source} today and ${values.destination} after the move`;
  if (values.source === values.destination && values.source !== 'unknown')
    return { verdict: 'passed', evidence, ...values };
  const fix = 'Set a virtual value in the virtual subsystem';
  // A driver may act on a serial or model number; a firmware revision is only ever shown.
  return { verdict: key === 'firmwareRevision' ? 'warning' : 'error', evidence, fix, ...values };
}
