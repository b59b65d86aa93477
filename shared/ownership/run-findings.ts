import { virtualMachineIdOf } from '../fleet/ids.ts';
import type { Fleet } from '../fleet/schema.ts';
import { controllerFullTitle, findSecondary, hostTitle, virtualSubsystemTitle } from '../fleet/selectors.ts';
import type { MigrationRequest } from '../migration/request.ts';
import type { ProcedureRun } from '../procedure/procedure.ts';
import { valueSetBy } from '../procedure/step-values.ts';
import type { OwnershipFinding } from './finding.ts';
import { handingBack } from './guest-findings.ts';
import { createdSubsystems } from './run-objects.ts';
import { changes, show } from './ways-out.ts';

/**
 * What the fleet alone cannot tell: it looks in order, and a migration that ended or was interrupted meant it otherwise.
 * `shadowed`: what a newer procedure has had in its hands since.
 */
export function runFindings(
  fleet: Fleet,
  run: ProcedureRun,
  shadowed: ReadonlySet<string>,
): OwnershipFinding[] {
  const { intent } = run.plan;
  if (intent.kind !== 'migrate') return [];
  const { request } = intent;
  const name = request.virtualMachineId.slice(request.virtualMachineId.indexOf(':') + 1);
  const destinationId = virtualMachineIdOf(request.destinationHostId, name);
  const guest =
    shadowed.has(request.virtualMachineId) || shadowed.has(destinationId)
      ? []
      : whereGuestIs(fleet, request, name);
  return run.status === 'done'
    ? guest
    : [...guest, ...leftContainers(fleet, run, shadowed), ...leftFunctions(fleet, run, request, shadowed)];
}

function whereGuestIs(fleet: Fleet, request: MigrationRequest, name: string): OwnershipFinding[] {
  const { virtualMachineId, destinationHostId, devices } = request;
  const sourceHostId = virtualMachineId.slice(0, virtualMachineId.indexOf(':'));
  const hosts = [sourceHostId, destinationHostId].map((id) => fleet.hosts[id]);
  // What cannot be seen is not lost.
  if (hosts.some((host) => host === undefined || host.unread === true)) return [];
  const copies = Object.values(fleet.virtualMachines).filter((machine) => machine.name === name);
  const [only] = copies;
  if (only === undefined)
    return [
      {
        kind: 'guest-lost',
        objectIds: [virtualMachineId, virtualMachineIdOf(destinationHostId, name)],
        title: `${name} is neither on ${hostTitle(fleet, sourceHostId)} nor on ${hostTitle(fleet, destinationHostId)}.`,
        lines: ['The migration had it in its hands, and no hypervisor of the fleet lists it now.'],
        waysOut: [
          show(`Look at ${hostTitle(fleet, sourceHostId)}, where it was`, sourceHostId),
          show(`Look at ${hostTitle(fleet, destinationHostId)}`, destinationHostId),
        ],
      },
    ];
  // Two copies, and losses that the hypervisor itself reports, are found without the record.
  if (copies.length > 1 || (only.lostDevices ?? []).length > 0) return [];
  const should = devices.map((one) => (only.hostId === destinationHostId ? one.destinationId : one.sourceId));
  const missing = should.filter((id) => !only.deviceIds.includes(id));
  if (missing.length === 0 || (only.hostId !== sourceHostId && only.hostId !== destinationHostId)) return [];
  const functions = missing.flatMap((id) => findSecondary(fleet, id) ?? []);
  const titles = missing.map((id) => titleOf(fleet, id)).join(', ');
  return [
    {
      kind: 'guest-without-drive',
      objectIds: [only.id, ...missing],
      title: `${name} (${only.state}) on ${hostTitle(fleet, only.hostId)} is without ${titles}.`,
      lines: ['The migration was to leave it with that.'],
      waysOut: [...handingBack(fleet, only, functions), show(`Look at ${name}`, only.id)],
    },
  ];
}

/** Virtual subsystems that the migration made for the guest, which did not come. */
function leftContainers(fleet: Fleet, run: ProcedureRun, shadowed: ReadonlySet<string>): OwnershipFinding[] {
  return createdSubsystems(run.plan).flatMap((id): OwnershipFinding[] => {
    const subsystem = fleet.virtualSubsystems[id];
    if (subsystem === undefined || shadowed.has(id)) return [];
    const members = subsystem.members.map(({ controllerId }) => controllerId);
    if (members.some((member) => findSecondary(fleet, member)?.virtualMachineId != null)) return [];
    const title = virtualSubsystemTitle(subsystem);
    return [
      {
        kind: 'container-left',
        objectIds: [id, ...members],
        title: `${title} is left on ${hostTitle(fleet, subsystem.hostId)}, and no guest uses it.`,
        lines: [
          'The migration made it for the guest, which is not there.',
          ...(members.length === 0
            ? []
            : [`Its members: ${members.map((member) => titleOf(fleet, member)).join(', ')}.`]),
        ],
        waysOut: [
          ...changes(fleet, [
            {
              words: `Remove ${title} and take its members back`,
              intent: {
                kind: 'clean-up-source',
                secondaryIds: members,
                virtualMachineId: null,
                virtualSubsystemIds: [id],
                detachNamespaces: true,
                release: true,
              },
            },
            {
              words: `Delete ${title}`,
              intent: { kind: 'delete-virtual-subsystem', virtualSubsystemIds: [id] },
            },
          ]),
          show(`Look at ${title}`, id),
        ],
      },
    ];
  });
}

/** Functions that the migration took online for the guest; members of its virtual subsystem are told with that. */
function leftFunctions(
  fleet: Fleet,
  { plan }: ProcedureRun,
  { devices }: MigrationRequest,
  shadowed: ReadonlySet<string>,
): OwnershipFinding[] {
  const containers = new Set(createdSubsystems(plan));
  return devices.flatMap(({ destinationId }): OwnershipFinding[] => {
    const secondary = findSecondary(fleet, destinationId);
    if (secondary === undefined || shadowed.has(destinationId)) return [];
    const { online, virtualMachineId, virtualSubsystemId } = secondary;
    if (!online || virtualMachineId !== null || containers.has(virtualSubsystemId ?? '')) return [];
    if (!plan.steps.some(({ step }) => valueSetBy(step, destinationId, 'online') === true)) return [];
    const title = controllerFullTitle(fleet, secondary);
    return [
      {
        kind: 'function-left',
        objectIds: [destinationId],
        title: `${title} is left online with ${secondary.nvq} VQ and ${secondary.nvi} VI, and no guest has it.`,
        lines: ['The migration took it online for the guest, which is not there.'],
        waysOut: [
          ...changes(fleet, [
            {
              words: `Take ${title} back to the pool`,
              intent: { kind: 'deprovision', secondaryIds: [destinationId] },
            },
          ]),
          show(`Look at ${title}`, destinationId),
        ],
      },
    ];
  });
}

function titleOf(fleet: Fleet, id: string): string {
  const controller = fleet.controllers[id];
  return controller === undefined ? id : controllerFullTitle(fleet, controller);
}
