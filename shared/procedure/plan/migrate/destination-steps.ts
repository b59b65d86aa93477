import type { SecondaryResources } from '../../../fleet/rules/resources.ts';
import { findSecondary } from '../../../fleet/selectors.ts';
import { destinationsToProvision } from '../../../migration/provisioned-destinations.ts';
import { counterpartsAt } from '../../../migration/subject.ts';
import type { Step } from '../../step.ts';
import { bringUpAnew, givingBack } from '../bring-up-steps.ts';
import type { PlanBuilder } from '../builder.ts';
import { joinAndAttach } from '../member-steps.ts';
import { showToVfio, takeFromDriver } from '../visibility-steps.ts';
import { migrationPhases, type ReadyDevice, type ReadyMigration } from './migration-steps.ts';

/** Phase `Prepare`: functions that the mapping names and that do not exist yet come into being first. */
export function provisionDestinations(builder: PlanBuilder, { request }: ReadyMigration): void {
  for (const provisioned of destinationsToProvision(builder.fleet, request.devices))
    builder.add({ kind: 'function-provision', ...provisioned }, migrationPhases.prepare);
}

/**
 * Phase `Prepare`: the waiting virtual machine, and each destination secondary sized like its source, reset, online (NVMe
 * Base 2.1, 8.2.6: assign, Controller Level Reset, online) and without the namespaces that the guest does not have.
 */
export function prepareDestination(builder: PlanBuilder, migration: ReadyMigration): void {
  const { name, vcpus, memoryBytes, viommu } = migration.machine;
  const hostId = migration.request.destinationHostId;
  builder.add(
    { kind: 'vm-create-incoming', hostId, name, vcpus, memoryBytes, ...(viommu ? { viommu } : {}) },
    migrationPhases.prepare,
  );
  const { devices } = migration;
  const wishes = devices.map((device) => ({
    secondaryId: device.destination.id,
    resources: sourceSize(device),
  }));
  for (const secondaryId of givingBack(builder.fleet, wishes)) {
    hide(builder, secondaryId);
    builder.add({ kind: 'secondary-offline', secondaryId }, migrationPhases.prepare);
  }
  for (const device of devices) prepareDevice(builder, device);
}

function prepareDevice(builder: PlanBuilder, device: ReadyDevice): void {
  const { destination } = device;
  const id = destination.id;
  hide(builder, id);
  bringUpAnew(builder, id, sourceSize(device), migrationPhases.prepare);
  const wanted = device.destinationNamespaces;
  for (const nsid of destination.attachedNamespaces.filter((present) => !wanted.includes(present)))
    builder.add({ kind: 'detach-namespace', controllerId: id, nsid }, migrationPhases.prepare);
}

/** Takes a function from its driver, and hides it where what VFIO offers of it is to change: it changes only hidden. */
function hide(builder: PlanBuilder, id: string): void {
  const isVf = findSecondary(builder.fleet, id)?.functionKind === 'vf';
  if (isVf) takeFromDriver(builder, id, migrationPhases.prepare);
  const secondary = findSecondary(builder.fleet, id);
  if (secondary?.visible && (!isVf || !secondary.migrationEnabled))
    builder.add({ kind: 'function-set-visible', secondaryId: id, visible: false }, migrationPhases.prepare);
}

/** What the source holds; what is not flexible at the destination stays as it is. */
function sourceSize({ source, destination, destinationPrimary }: ReadyDevice): SecondaryResources {
  return {
    vq: destinationPrimary.vq.supported ? source.nvq : destination.nvq,
    vi: destinationPrimary.vi.supported ? source.nvi : destination.nvi,
  };
}

/**
 * Phase `Virtual subsystem`: the same virtual subsystem with the same virtual ids, and the guest's namespaces. Only what is
 * complete becomes visible through VFIO, so binding and handing over come last.
 */
export function nameAndHandOver(builder: PlanBuilder, migration: ReadyMigration): void {
  const { request, devices, destinationMachineId } = migration;
  const add = (step: Step) => builder.add(step, migrationPhases.virtualSubsystem);
  for (const { virtual, destinationPrimary } of devices) {
    if (virtual === null) continue;
    const { nqn, primaryVirtualId, identity, exposed } = virtual.subsystem;
    if (counterpartsAt(builder.fleet, request.destinationHostId, nqn).length > 0) continue;
    const primaryId = destinationPrimary.id;
    add({ kind: 'virtual-subsystem-create', primaryId, nqn, primaryVirtualId, identity });
    if (exposed.length > 0) add({ kind: 'virtual-subsystem-set-capabilities', primaryId, nqn, exposed });
  }
  joinAndAttach(
    builder,
    devices.map(({ virtual, destination, destinationNamespaces }) => ({
      secondaryId: destination.id,
      as: virtual && { nqn: virtual.subsystem.nqn, virtualControllerId: virtual.controllerId },
      namespaces: destinationNamespaces,
    })),
    { join: migrationPhases.virtualSubsystem, attach: migrationPhases.virtualSubsystem },
  );
  for (const { destination } of devices) {
    const { id: secondaryId, migrationEnabled } = destination;
    if (!migrationEnabled) add({ kind: 'function-set-migration', secondaryId, enabled: true });
    showToVfio(builder, secondaryId, migrationPhases.virtualSubsystem);
  }
  for (const { destination } of devices)
    add({
      kind: 'vm-attach-device',
      virtualMachineId: destinationMachineId,
      controllerId: destination.id,
    });
}
