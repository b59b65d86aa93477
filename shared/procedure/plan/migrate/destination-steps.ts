import type { Fleet } from '../../../fleet/schema.ts';
import { destinationsToProvision } from '../../../migration/provisioned-destinations.ts';
import { counterpartsAt } from '../../../migration/subject.ts';
import type { PlannedStep, Step } from '../../step.ts';
import { migrationPhases, planStep, type ReadyDevice, type ReadyMigration } from './migration-steps.ts';

/** Phase `Prepare`: functions that the mapping names and that do not exist yet come into being first. */
export function provisionSteps(fleet: Fleet, { request }: ReadyMigration): PlannedStep[] {
  return destinationsToProvision(fleet, request.devices).map((step) =>
    planStep(fleet, request.destinationHostId, migrationPhases.prepare, step, [
      { ...step, kind: 'function-destroy' },
    ]),
  );
}

/**
 * Phase `Prepare`: the waiting virtual machine, and each destination secondary sized like its source, reset, online and
 * with the guest's namespaces (NVMe Base 2.1, 8.2.6: assign, Controller Level Reset, online).
 */
export function prepareSteps(migration: ReadyMigration): PlannedStep[] {
  const { fleet, machine, request, destinationMachineId } = migration;
  const hostId = request.destinationHostId;
  const { name, vcpus, memoryBytes } = machine;
  const waiting = planStep(
    fleet,
    hostId,
    migrationPhases.prepare,
    { kind: 'vm-create-incoming', hostId, name, vcpus, memoryBytes },
    [{ kind: 'vm-destroy', virtualMachineId: destinationMachineId }],
  );
  return [waiting, ...migration.devices.flatMap((device) => prepareDevice(migration, device))];
}

function prepareDevice({ fleet }: ReadyMigration, device: ReadyDevice): PlannedStep[] {
  const { source, destination, destinationPrimary } = device;
  const id = destination.id;
  const step = (kind: Step, inverse: Step[]) =>
    planStep(fleet, destination.hostId, migrationPhases.prepare, kind, inverse);
  const steps: PlannedStep[] = [];
  const isVf = destination.functionKind === 'vf';
  if (destination.visible && (!isVf || !destination.migrationEnabled)) {
    if (isVf && destination.driver !== null)
      steps.push(
        step({ kind: 'set-driver', controllerId: id, driver: null }, [
          { kind: 'set-driver', controllerId: id, driver: 'vfio-pci' },
        ]),
      );
    steps.push(
      step({ kind: 'function-set-visible', secondaryId: id, visible: false }, [
        { kind: 'function-set-visible', secondaryId: id, visible: true },
      ]),
    );
  } else if (destination.driver !== null)
    steps.push(
      step({ kind: 'set-driver', controllerId: id, driver: null }, [
        {
          kind: 'set-driver',
          controllerId: id,
          driver: destination.driver === 'vfio-pci' ? 'vfio-pci' : 'nvme',
        },
      ]),
    );
  if (destination.online) steps.push(step({ kind: 'secondary-offline', secondaryId: id }, bringBack(device)));
  // Interrupts before queues: a queue without its vector would be of no use to a secondary that went online early.
  for (const resource of ['VI', 'VQ'] as const) {
    const pool = resource === 'VQ' ? destinationPrimary.vq : destinationPrimary.vi;
    if (!pool.supported) continue;
    const count = resource === 'VQ' ? source.nvq : source.nvi;
    const before = destination.online ? 0 : resource === 'VQ' ? destination.nvq : destination.nvi;
    steps.push(
      step({ kind: 'secondary-assign', secondaryId: id, resource, count }, [
        { kind: 'secondary-assign', secondaryId: id, resource, count: before },
      ]),
    );
  }
  // A hidden function has nothing on its host that could be reset; going online it starts anew.
  if (isVf) steps.push(step({ kind: 'function-level-reset', controllerId: id }, []));
  steps.push(
    step({ kind: 'secondary-online', secondaryId: id }, [{ kind: 'secondary-offline', secondaryId: id }]),
  );
  const wanted = device.destinationNamespaces;
  for (const nsid of destination.attachedNamespaces.filter((present) => !wanted.includes(present)))
    steps.push(
      step({ kind: 'detach-namespace', controllerId: id, nsid }, [
        { kind: 'attach-namespace', controllerId: id, nsid },
      ]),
    );
  for (const nsid of wanted.filter((candidate) => !destination.attachedNamespaces.includes(candidate)))
    steps.push(
      step({ kind: 'attach-namespace', controllerId: id, nsid }, [
        { kind: 'detach-namespace', controllerId: id, nsid },
      ]),
    );
  return steps;
}

/** Gives an online secondary back what it held before it was set offline. */
function bringBack({ destination, destinationPrimary }: ReadyDevice): Step[] {
  const secondaryId = destination.id;
  const steps: Step[] = [];
  if (destinationPrimary.vi.supported)
    steps.push({ kind: 'secondary-assign', secondaryId, resource: 'VI', count: destination.nvi });
  if (destinationPrimary.vq.supported)
    steps.push({ kind: 'secondary-assign', secondaryId, resource: 'VQ', count: destination.nvq });
  steps.push({ kind: 'function-level-reset', controllerId: secondaryId });
  steps.push({ kind: 'secondary-online', secondaryId });
  return steps;
}

/**
 * Phase `Virtual subsystem`: the same virtual subsystem with the same virtual ids. Only what is complete becomes visible
 * through VFIO, so binding and handing over come last.
 */
export function virtualSubsystemSteps(migration: ReadyMigration): PlannedStep[] {
  const { fleet, request, devices, destinationMachineId } = migration;
  const hostId = request.destinationHostId;
  const step = (kind: Step, inverse: Step[]) =>
    planStep(fleet, hostId, migrationPhases.virtualSubsystem, kind, inverse);
  const steps: PlannedStep[] = [];
  const created = new Set<string>();
  for (const { virtual, destinationPrimary } of devices) {
    if (virtual === null) continue;
    const { nqn, primaryVirtualId, identity, exposed } = virtual.subsystem;
    if (created.has(nqn) || counterpartsAt(fleet, hostId, nqn).length > 0) continue;
    created.add(nqn);
    const primaryId = destinationPrimary.id;
    steps.push(
      step({ kind: 'virtual-subsystem-create', primaryId, nqn, primaryVirtualId, identity }, [
        { kind: 'virtual-subsystem-delete', primaryId, nqn },
      ]),
    );
    if (exposed.length > 0)
      steps.push(step({ kind: 'virtual-subsystem-set-capabilities', primaryId, nqn, exposed }, []));
  }
  for (const { virtual, destination } of devices) {
    if (virtual === null) continue;
    const { nqn } = virtual.subsystem;
    const virtualControllerId = virtual.controllerId;
    steps.push(
      step({ kind: 'virtual-subsystem-add', secondaryId: destination.id, nqn, virtualControllerId }, [
        { kind: 'virtual-subsystem-remove', secondaryId: destination.id, nqn },
      ]),
    );
  }
  for (const { destination } of devices) {
    const { id: secondaryId, functionKind, migrationEnabled, visible } = destination;
    const isVf = functionKind === 'vf';
    if (!migrationEnabled)
      steps.push(
        step({ kind: 'function-set-migration', secondaryId, enabled: true }, [
          { kind: 'function-set-migration', secondaryId, enabled: false },
        ]),
      );
    if (!isVf || !visible || !migrationEnabled)
      steps.push(
        step({ kind: 'function-set-visible', secondaryId, visible: true }, [
          { kind: 'function-set-visible', secondaryId, visible: false },
        ]),
      );
    if (isVf)
      steps.push(
        step({ kind: 'set-driver', controllerId: secondaryId, driver: 'vfio-pci' }, [
          { kind: 'set-driver', controllerId: secondaryId, driver: null },
        ]),
      );
  }
  for (const { destination } of devices) {
    const handOver = { virtualMachineId: destinationMachineId, controllerId: destination.id };
    steps.push(step({ kind: 'vm-attach-device', ...handOver }, [{ kind: 'vm-detach-device', ...handOver }]));
  }
  return steps;
}
