import { gapWords } from '../../fleet/gap.ts';
import { amountProblem, heldBy, resourcesFor, secondaryMinimum } from '../../fleet/rules/resources.ts';
import { userOf } from '../../fleet/rules/secondary-use.ts';
import type { Fleet, PrimaryController, SecondaryController } from '../../fleet/schema.ts';
import { controllerFullTitle, isUnassigned } from '../../fleet/selectors.ts';
import { lookUp } from '../../tables.ts';
import { isVfioDriver } from '../../vfio/drivers.ts';
import { functionExists } from '../destination-rules.ts';
import { groupBy, type MigratingDevice, type MigrationSubject } from '../subject.ts';
import type { Check } from './check.ts';
import { type Finding, holds, makeCheck } from './make-check.ts';

const resources = ['vq', 'vi'] as const;
type Resource = (typeof resources)[number];

/** Whether the destination controllers exist, are free, and can be given what the source controllers hold. */
export function resourceChecks(subject: MigrationSubject): Check[] {
  return [
    ...mappingChecks(subject),
    ...subject.devices.flatMap((device) => deviceChecks(subject, device)),
    ...poolChecks(subject),
  ];
}

function mappingChecks(subject: MigrationSubject): Check[] {
  const { machine, request, fleet } = subject;
  const mapped = request.devices.map((device) => device.sourceId);
  const owned = machine?.deviceIds ?? [];
  const title = (id: string) => {
    const controller = lookUp(fleet.controllers, id);
    return controller === undefined ? id : controllerFullTitle(fleet, controller);
  };
  const forgotten = owned.filter((id) => !mapped.includes(id));
  const foreign = mapped.filter((id) => !owned.includes(id));
  const targets = request.devices.map((device) => device.destinationId);
  const repeated = [...repeats(mapped), ...repeats(targets)];
  const name = machine?.name ?? request.virtualMachineId;
  return [
    makeCheck(
      'resources',
      'every-device',
      request.virtualMachineId,
      'Every device is mapped',
      holds(
        owned.length > 0 && forgotten.length === 0,
        owned.length === 0
          ? `${name} has no secondary controller`
          : forgotten.length === 0
            ? `${owned.length} of ${owned.length} controllers of ${name} have a destination`
            : `no destination for ${forgotten.map(title).join(', ')}`,
        owned.length === 0
          ? 'Assign a secondary controller to the virtual machine first'
          : 'Choose a destination controller for each',
      ),
    ),
    makeCheck(
      'resources',
      'own-devices',
      request.virtualMachineId,
      'Only its own devices move',
      holds(
        foreign.length === 0,
        foreign.length === 0
          ? `all mapped controllers belong to ${name}`
          : `${foreign.map(title).join(', ')} not assigned to ${name}`,
        'Leave them out of the mapping',
      ),
    ),
    makeCheck(
      'resources',
      'distinct',
      request.virtualMachineId,
      'One-to-one mapping',
      holds(
        repeated.length === 0,
        repeated.length === 0
          ? `${targets.length} source and ${targets.length} destination controllers, none twice`
          : `used more than once: ${repeated.map(title).join(', ')}`,
        'Choose a different destination controller for each device',
      ),
    ),
  ];
}

function repeats(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}

function deviceChecks(subject: MigrationSubject, device: MigratingDevice): Check[] {
  const { fleet } = subject;
  const { destination, mapping } = device;
  const about = mapping.sourceId;
  return [
    makeCheck('resources', 'exists', about, 'Destination controller exists', existence(subject, device)),
    makeCheck('resources', 'free', about, 'Destination controller is free', freedom(fleet, destination)),
    makeCheck(
      'resources',
      'migration-enabled',
      about,
      'Live migration of the source function',
      migrationEnabled(fleet, device),
    ),
    makeCheck('resources', 'source-ready', about, 'Source controller is in use', sourceReady(fleet, device)),
    ...resources.map((resource) =>
      makeCheck(
        'resources',
        `${resource}-size`,
        about,
        `${resource.toUpperCase()} resources per controller`,
        sizeFinding(fleet, device, resource),
      ),
    ),
  ];
}

function existence(
  subject: MigrationSubject,
  { destination, destinationPrimary, mapping }: MigratingDevice,
): Finding {
  const { fleet, request } = subject;
  if (destination === undefined || destinationPrimary === undefined)
    return {
      verdict: 'error',
      evidence: `${mapping.destinationId} is not a secondary controller of this fleet`,
      fix: 'Choose a secondary controller of the destination host',
    };
  const title = controllerFullTitle(fleet, destination);
  if (destination.hostId !== request.destinationHostId)
    return {
      verdict: 'error',
      evidence: `${title} is not on the destination host`,
      fix: 'Choose a secondary controller of the destination host',
    };
  if (!functionExists(destination))
    return {
      verdict: 'error',
      evidence: `${title} has no PCI function: ${destinationPrimary.numVfs} of ${destinationPrimary.totalVfs} VFs enabled (sriov_numvfs)`,
      fix: `Set the VF count of ${controllerFullTitle(fleet, destinationPrimary)} to at least ${destination.vfn}`,
    };
  if (destination.functionKind === 'siov')
    return {
      verdict: 'passed',
      evidence: `${title} ${destination.functionHandle === null ? 'is provisioned by the migration' : 'is provisioned'}`,
    };
  return { verdict: 'passed', evidence: `${title} at ${destination.pciAddress}` };
}

function freedom(fleet: Fleet, destination: SecondaryController | undefined): Finding {
  if (destination === undefined)
    return {
      verdict: 'error',
      evidence: 'no destination controller',
      fix: 'Choose a free secondary controller',
    };
  const title = controllerFullTitle(fleet, destination);
  const user = userOf(fleet, destination);
  if (user === null)
    return {
      verdict: 'passed',
      evidence: `${title} is ${destination.online ? 'online' : 'offline'}, not in a virtual subsystem, not in a virtual machine, not used by the host`,
    };
  switch (user.kind) {
    case 'virtual-machine':
      return {
        verdict: 'error',
        evidence: `${title} belongs to ${user.name}`,
        fix: 'Choose a free secondary controller, or take this one back to the pool',
      };
    case 'virtual-subsystem':
      return {
        verdict: 'error',
        evidence: `${title} is in the virtual subsystem ${user.nqn}`,
        fix: 'Choose a free secondary controller, or remove this one from the virtual subsystem',
      };
    case 'host':
      return {
        verdict: 'error',
        evidence: `${title} is used by the host as ${user.name}`,
        fix: `Unbind the nvme driver from ${destination.pciAddress ?? title}, or choose another controller`,
      };
  }
}

/** At the destination the migration enables it itself, before the function is shown. */
function migrationEnabled(fleet: Fleet, { source, mapping }: MigratingDevice): Finding {
  const title = source === undefined ? mapping.sourceId : controllerFullTitle(fleet, source);
  return holds(
    source?.migrationEnabled === true,
    `live migration of ${title} is ${source?.migrationEnabled === true ? '' : 'not '}enabled by its controlling function`,
    'Take it out of the virtual machine, hide it, enable live migration and make it visible again',
  );
}

function sourceReady(fleet: Fleet, { source, mapping }: MigratingDevice): Finding {
  if (source === undefined)
    return {
      verdict: 'error',
      evidence: `${mapping.sourceId} is not a secondary controller of this fleet`,
      fix: 'Choose a controller of the virtual machine',
    };
  const title = controllerFullTitle(fleet, source);
  const words = `${title} is ${source.online ? 'online' : 'offline'}, driver ${source.driver ?? 'none'}, VFIO state ${source.vfioState ?? 'unknown'}`;
  return holds(
    source.online && isVfioDriver(source.driver) && source.vfioState === 'RUNNING' && !isUnassigned(source),
    words,
    'The controller must be online, shown through VFIO, handed to the virtual machine and RUNNING',
  );
}

function sizeFinding(fleet: Fleet, device: MigratingDevice, resource: Resource): Finding {
  const { source, destination, destinationPrimary } = device;
  if (source === undefined || destination === undefined || destinationPrimary === undefined)
    return { verdict: 'error', evidence: 'not known', fix: 'Choose a controller on both sides' };
  const needed = heldBy(source)[resource];
  const pool = destinationPrimary[resource];
  const values = { source: String(needed), destination: String(pool.secondaryMaximum) };
  const name = resource.toUpperCase();
  const owner = controllerFullTitle(fleet, destinationPrimary);
  const fault = amountProblem(destinationPrimary, resource, needed);
  const gap = source.unlisted?.gap ?? pool.gap;
  if (gap?.kind === 'not-recorded')
    return {
      verdict: 'error',
      evidence: `the ${name} resources of ${source.unlisted === undefined ? owner : controllerFullTitle(fleet, source)} are ${gapWords(gap)}`,
      fix: 'Record what is missing, or choose a controller of which it is known',
    };
  if (!pool.supported)
    return holds(
      fault === null,
      `${owner} has no flexible ${name} resources (CRT), the source holds ${needed}`,
      `Choose a primary controller with flexible ${name} resources`,
      values,
    );
  if (fault === 'below-minimum')
    return {
      verdict: 'error',
      evidence: `the source holds ${needed} ${name}; a secondary goes online with at least ${secondaryMinimum[resource]}`,
      fix: `Choose a primary controller that has the same resource types as the source`,
      ...values,
    };
  return holds(
    fault === null,
    `needs ${needed} ${name}, ${owner} gives at most ${pool.secondaryMaximum} to one secondary (${resource === 'vq' ? 'VQFRSM' : 'VIFRSM'})`,
    `Choose a primary controller that gives at least ${needed} ${name} to one secondary`,
    values,
  );
}

/** Several devices may draw on one pool: it must hold enough for all of them together. */
function poolChecks(subject: MigrationSubject): Check[] {
  const groups = groupBy(subject.devices, (device) => device.destinationPrimary?.id);
  return [...groups.values()].flatMap((devices) => {
    const primary = devices[0]?.destinationPrimary;
    if (primary === undefined) return [];
    return resources.map((resource) =>
      makeCheck(
        'resources',
        `${resource}-pool`,
        primary.id,
        `Free ${resource.toUpperCase()} resources`,
        poolFinding(subject.fleet, primary, devices, resource),
      ),
    );
  });
}

function poolFinding(
  fleet: Fleet,
  primary: PrimaryController,
  devices: readonly MigratingDevice[],
  resource: Resource,
): Finding {
  const name = resource.toUpperCase();
  const pool = primary[resource];
  const held = (secondary: SecondaryController | undefined) =>
    secondary === undefined ? 0 : heldBy(secondary)[resource];
  const needed = devices.reduce((sum, { source }) => sum + held(source), 0);
  const free = resourcesFor(
    primary,
    devices.flatMap(({ destination }) => destination ?? []),
    resource,
  );
  const owner = controllerFullTitle(fleet, primary);
  return holds(
    needed <= free,
    `needs ${needed} ${name}, free ${free} of ${pool.total} on ${owner}; its secondaries hold ${pool.assignedToSecondaries}, the primary ${pool.allocatedToPrimary} (CNS 14h)`,
    pool.allocatedToPrimary > 0
      ? `Free ${needed - free} ${name}: allocate fewer to ${owner} itself (this needs a function level reset of it), or take controllers back to the pool`
      : `Free ${needed - free} ${name}: take controllers of ${owner} back to the pool`,
    { source: String(needed), destination: String(free) },
  );
}
