import type { VirtualIdentity } from '../../fleet/schema.ts';
import {
  controllerFullTitle,
  findPrimary,
  secondariesOf,
  virtualSubsystemTitle,
} from '../../fleet/selectors.ts';
import type { Check } from '../../migration/checks/check.ts';
import { groupMates } from '../../migration/checks/platform-checks.ts';
import { ruleNameOf } from '../../migration/checks/rules/with-rules.ts';
import { isFreeDestination } from '../../migration/destination-rules.ts';
import { forecastMigration } from '../../migration/forecast.ts';
import { proposeMapping } from '../../migration/mapping.ts';
import { policyTitles, withPolicy } from '../../migration/pre-copy/policies.ts';
import {
  counterpartsAt,
  groupBy,
  type MigratingDevice,
  type MigrationSubject,
} from '../../migration/subject.ts';
import { baselineMask, baselineRows } from '../../virtual-subsystem/baseline/baseline.ts';
import { fleetChange, type RemedyCandidate } from './candidate.ts';
import { moreFunctions, moreResources, oneMoreFree, setFree } from './controller-candidates.ts';

/** The longest downtime budget that a request can name, milliseconds. */
const longestBudget = 600_000;

/** What may help against these checks. The same candidate may stand for several of them; the caller tries each once. */
export function candidatesFor(subject: MigrationSubject, failed: readonly Check[]): RemedyCandidate[] {
  const rules = new Set(failed.map(ruleNameOf));
  return [
    ...(failed.some(isOfMapping) ? [...otherMapping(subject), ...underOtherPrimaries(subject)] : []),
    ...[...rules].flatMap((rule) => candidatesOf(subject, rule)),
    ...(failed.some(({ group }) => group === 'capabilities') ? narrowed(subject) : []),
  ];
}

/** Another mapping decides which controllers and namespaces are compared. */
function isOfMapping({ group }: Check): boolean {
  return group !== 'environment';
}

function otherMapping({ fleet, request }: MigrationSubject): RemedyCandidate[] {
  const { devices } = proposeMapping(fleet, request.virtualMachineId, request.destinationHostId);
  if (devices.length === 0 || JSON.stringify(devices) === JSON.stringify(request.devices)) return [];
  return [{ kind: 'request', words: 'Map the devices as Berth proposes it', devices }];
}

/** Another primary may fit better, and only lack free controllers. */
function underOtherPrimaries(subject: MigrationSubject): RemedyCandidate[] {
  const { fleet, devices } = subject;
  const used = new Set(devices.map(({ destinationPrimary }) => destinationPrimary?.id));
  return primariesAt(subject).flatMap((primary) => {
    if (used.has(primary.id)) return [];
    const free = secondariesOf(fleet, primary).filter((one) => isFreeDestination(fleet, one)).length;
    return free < devices.length ? oneMoreFree(fleet, [primary], devices.length - free) : [];
  });
}

function candidatesOf(subject: MigrationSubject, rule: string): RemedyCandidate[] {
  const { fleet, request, machine, devices } = subject;
  switch (rule) {
    case 'environment.machine-running':
      return machine === undefined || machine.state === 'running'
        ? []
        : [
            fleetChange(`Let ${machine.name} go on`, {
              ...{ kind: 'resume-machine', virtualMachineId: machine.id },
            }),
          ];
    case 'environment.iommu-group': {
      const sides = devices.flatMap(({ source, destination }) => [source ?? [], destination ?? []].flat());
      const mates = groupMates(fleet, sides).map(([, other]) => other);
      return mates.length === 0
        ? []
        : [
            fleetChange(
              `Bind ${[...new Set(mates.map((one) => controllerFullTitle(fleet, one)))].join(', ')} to vfio-pci`,
              {
                kind: 'set-driver',
                controllerIds: [...new Set(mates.map(({ id }) => id))],
                driver: 'vfio-pci',
              },
            ),
          ];
    }
    case 'environment.downtime':
      return otherOptions(subject);
    case 'environment.copy-while-running':
      return [
        {
          ...{ kind: 'request', words: `Choose the policy ${policyTitles['stop-and-copy']}` },
          options: withPolicy(request.options, 'stop-and-copy'),
        },
      ];
    case 'resources.exists':
      return [...groupBy(devices, ({ destinationPrimary }) => destinationPrimary?.id).values()].flatMap(
        (group) => {
          const primary = group[0]?.destinationPrimary;
          const highest = Math.max(0, ...group.map(({ destination }) => destination?.vfn ?? 0));
          return primary === undefined ? [] : moreFunctions(fleet, primary, highest);
        },
      );
    case 'resources.every-device':
      return oneMoreFree(fleet, primariesAt(subject), missingDevices(subject));
    case 'resources.free':
      return setFree(
        fleet,
        devices.flatMap(({ destination }) => destination ?? []),
      );
    case 'resources.vq-pool':
    case 'resources.vi-pool':
      return [...groupBy(devices, ({ destinationPrimary }) => destinationPrimary?.id).values()].flatMap(
        (group) => {
          const primary = group[0]?.destinationPrimary;
          return primary === undefined ? [] : moreResources(fleet, primary, group);
        },
      );
    case 'identity.machine-name':
      return leftOver(subject);
    case 'identity.nqn':
      return subsystemsOf(devices).flatMap(({ nqn }) =>
        counterpartsAt(fleet, request.destinationHostId, nqn).map(({ id, primaryId }) =>
          fleetChange(
            `Delete ${nqn} under ${titleOf(subject, primaryId)}: the migration creates it with the right identity`,
            { kind: 'delete-virtual-subsystem', virtualSubsystemIds: [id] },
          ),
        ),
      );
    case 'identity.virtual-controller-id':
      return subsystemsOf(devices).flatMap(({ nqn }) =>
        counterpartsAt(fleet, request.destinationHostId, nqn).flatMap(({ members }) => {
          const wanted = new Set(devices.map(({ source }) => source?.virtualControllerId));
          return members
            .filter(({ virtualControllerId }) => wanted.has(virtualControllerId))
            .map(({ controllerId }) =>
              fleetChange(`Take ${titleOf(subject, controllerId)} out of ${nqn}`, {
                ...{ kind: 'remove-from-virtual-subsystem', secondaryIds: [controllerId] },
              }),
            );
        }),
      );
    case 'identity.serial-number':
    case 'identity.model-number':
    case 'identity.firmware-revision':
      return ownIdentity(devices);
    default:
      return [];
  }
}

/** A budget that the forecast keeps, or a policy with a shorter pause. */
function otherOptions({ fleet, request }: MigrationSubject): RemedyCandidate[] {
  const { options } = request;
  const policies = (['minimal-downtime'] as const).map(
    (policy): RemedyCandidate => ({
      ...{ kind: 'request', words: `Choose the policy ${policyTitles[policy]}` },
      options: withPolicy(options, policy),
    }),
  );
  const { downtimeMilliseconds } = forecastMigration(fleet, request);
  const needed = Math.ceil(downtimeMilliseconds ?? Number.POSITIVE_INFINITY);
  if (needed > longestBudget) return policies;
  return [
    ...policies,
    {
      ...{ kind: 'request', words: `Raise the downtime budget to ${needed} ms` },
      options: { ...options, downtimeBudgetMilliseconds: needed },
    },
  ];
}

/** A virtual machine of the same name that waits at the destination and never came. */
function leftOver({ fleet, machine, request }: MigrationSubject): RemedyCandidate[] {
  const found = Object.values(fleet.virtualMachines).find(
    ({ hostId, name }) => hostId === request.destinationHostId && name === machine?.name,
  );
  if (found === undefined || found.state !== 'incoming') return [];
  return [
    fleetChange(
      `Remove the waiting ${found.name} with its controllers from ${fleet.hosts[found.hostId]?.name}`,
      {
        kind: 'clean-up-source',
        secondaryIds: [...found.deviceIds],
        virtualMachineId: found.id,
        virtualSubsystemIds: [],
        detachNamespaces: true,
        release: true,
      },
    ),
  ];
}

/** What the guest reads today as the virtual identity, so that it reads the same at the destination. */
function ownIdentity(devices: readonly MigratingDevice[]): RemedyCandidate[] {
  return [...groupBy(devices, ({ virtualSubsystem }) => virtualSubsystem?.id).values()].flatMap((group) => {
    const subsystem = group[0]?.virtualSubsystem;
    const physical = group[0]?.sourcePrimary?.identity;
    if (subsystem === undefined || physical == null) return [];
    const identity: VirtualIdentity = {
      ...subsystem.identity,
      serialNumber: subsystem.identity.serialNumber || physical.serialNumber,
      modelNumber: subsystem.identity.modelNumber || physical.modelNumber,
      firmwareRevision: subsystem.identity.firmwareRevision || physical.firmwareRevision,
    };
    return [
      fleetChange(
        `Give ${virtualSubsystemTitle(subsystem)} the serial number, model and firmware that the guest reads now`,
        { kind: 'set-virtual-identity', virtualSubsystemIds: [subsystem.id], identity },
      ),
    ];
  });
}

/** Both ends show what both can: the virtual subsystem is narrowed to their intersection. */
function narrowed({ devices }: MigrationSubject): RemedyCandidate[] {
  return [...groupBy(devices, ({ virtualSubsystem }) => virtualSubsystem?.id).values()].flatMap((group) => {
    const subsystem = group[0]?.virtualSubsystem;
    const { sourcePrimary, destinationPrimary } = group[0] ?? {};
    if (subsystem === undefined || sourcePrimary === undefined || destinationPrimary === undefined) return [];
    const exposed = baselineMask(baselineRows([sourcePrimary, destinationPrimary]));
    if (exposed.length === 0) return [];
    return [
      fleetChange(`Narrow ${virtualSubsystemTitle(subsystem)} to what both drives offer`, {
        ...{ kind: 'set-exposed-capabilities', virtualSubsystemIds: [subsystem.id], exposed },
      }),
    ];
  });
}

function subsystemsOf(devices: readonly MigratingDevice[]) {
  return [
    ...new Map(
      devices.flatMap(({ virtualSubsystem: one }) => (one === undefined ? [] : [[one.id, one] as const])),
    ).values(),
  ];
}

function primariesAt({ fleet, request }: MigrationSubject) {
  return Object.values(fleet.controllers).flatMap((controller) =>
    controller.role === 'primary' && controller.hostId === request.destinationHostId ? [controller] : [],
  );
}

/** How many devices of the virtual machine have no destination. */
export function missingDevices({ machine, request }: Pick<MigrationSubject, 'machine' | 'request'>): number {
  const mapped = new Set(request.devices.map(({ sourceId }) => sourceId));
  return (machine?.deviceIds ?? []).filter((id) => !mapped.has(id)).length;
}

function titleOf({ fleet }: MigrationSubject, controllerId: string): string {
  const controller = fleet.controllers[controllerId] ?? findPrimary(fleet, controllerId);
  return controller === undefined ? controllerId : controllerFullTitle(fleet, controller);
}
