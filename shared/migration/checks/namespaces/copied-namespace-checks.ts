import { isSameStorage } from '../../../fleet/rules/same-namespace.ts';
import type { Fleet, Namespace, PrimaryController } from '../../../fleet/schema.ts';
import { controllerFullTitle, secondariesOf } from '../../../fleet/selectors.ts';
import { preCopyOf } from '../../pre-copy/obstacles.ts';
import type { MigratingDevice, MigrationSubject } from '../../subject.ts';
import type { Check } from '../check.ts';
import { type Finding, holds, makeCheck } from '../make-check.ts';

/**
 * Whether the contents of a namespace can be copied: nobody else writes to either side meanwhile, and the controlling function
 * of the source logs what the guest changes.
 */
export function copyFindings(
  { fleet, devices }: MigrationSubject,
  device: MigratingDevice,
  source: Namespace,
  destination: Namespace,
): readonly (readonly [rule: string, title: string, finding: Finding])[] {
  const { sourcePrimary, destinationPrimary } = device;
  // Several devices of one guest may have one namespace; each has a log of its own.
  const together = devices.filter(({ namespaces }) =>
    namespaces.some(
      (one) => one.copy && one.source?.id === source.id && one.destination?.id === destination.id,
    ),
  );
  const sources = together.map(({ mapping }) => mapping.sourceId);
  const destinations = together.map(({ mapping }) => mapping.destinationId);
  return [
    [
      'two-storages',
      'Copied to another storage',
      holds(
        !isSameStorage(source, destination),
        isSameStorage(source, destination)
          ? `${source.id} and ${destination.id} are the same storage: a copy would only take time`
          : `${source.id} and ${destination.id} are two storages`,
        'Migrate without a copy of this namespace',
      ),
    ],
    ['source-alone', 'The source has no other writer', alone(fleet, source, [...sources, sourcePrimary?.id])],
    [
      'destination-alone',
      'The destination has no other user',
      alone(fleet, destination, [...destinations, destinationPrimary?.id]),
    ],
  ];
}

/** Its controlling function may be attached too: through it the host reads or writes the copy. */
function alone(fleet: Fleet, namespace: Namespace, allowed: readonly (string | undefined)[]): Finding {
  const others = namespace.attachedTo.filter((id) => !allowed.includes(id));
  const titles = others.map((id) => {
    const controller = fleet.controllers[id];
    return controller === undefined ? id : controllerFullTitle(fleet, controller);
  });
  return holds(
    others.length === 0,
    others.length === 0
      ? `${namespace.id} is not attached to another controller`
      : `${namespace.id} is also attached to ${titles.join(', ')}: what they write is not logged, or is overwritten`,
    `Detach namespace ${namespace.nsid} from ${titles.join(', ')} first`,
  );
}

/** Whether what the device changes can be logged while its guest goes on; nothing where no namespace of it is copied. */
export function logChecks(subject: MigrationSubject, device: MigratingDevice): Check[] {
  if (!device.namespaces.some(({ copy }) => copy) || preCopyOf(subject) === null) return [];
  const { mapping, sourcePrimary } = device;
  const check = (rule: string, title: string, finding: Finding) =>
    makeCheck('namespaces', rule, mapping.sourceId, title, finding);
  const stop = 'Stop the guest while its user data is copied (stop-and-copy)';
  if (sourcePrimary === undefined) return [];
  const { userDataTracking } = sourcePrimary;
  const title = controllerFullTitle(subject.fleet, sourcePrimary);
  return [
    check(
      'log',
      'Changes of user data are logged',
      holds(
        userDataTracking.available,
        userDataTracking.available
          ? `${title} tracks user data changes (TRATTR bit 1)`
          : userDataTracking.reason.replace(/\.$/, ''),
        stop,
      ),
    ),
    check('log-queue', 'A queue for the log is free', freeQueue(subject, device, sourcePrimary, stop)),
  ];
}

function freeQueue(
  { fleet, devices }: MigrationSubject,
  { source }: MigratingDevice,
  primary: PrimaryController,
  stop: string,
): Finding {
  const title = controllerFullTitle(fleet, primary);
  if (source?.userDataQueue === true)
    return {
      verdict: 'error',
      evidence: `${title} already keeps a queue for ${controllerFullTitle(fleet, source)}, and a controller has only one (NVMe Base 2.1, 5.1.4)`,
      fix: 'End what reads that queue, or delete it (nvme lm delete-cdq)',
    };
  const limit = primary.userDataQueues;
  const used = secondariesOf(fleet, primary).filter(({ userDataQueue }) => userDataQueue === true).length;
  const wanted = devices.filter(
    (device) => device.sourcePrimary?.id === primary.id && device.namespaces.some(({ copy }) => copy),
  ).length;
  const free = limit === undefined ? null : limit.ofController - used;
  return holds(
    free === null || wanted <= free,
    limit === undefined
      ? `${title} does not say how many queues it may have`
      : `${title} may have ${limit.ofController} (MCUDMQ), has ${used}, and ${wanted} are needed`,
    `Delete queues that are not read, or: ${stop.charAt(0).toLowerCase()}${stop.slice(1)}`,
  );
}
