import type { VirtualSubsystem } from '../../../fleet/schema.ts';
import type { Step } from '../../step.ts';
import type { PlanBuilder } from '../builder.ts';
import { takeFromDriver } from '../visibility-steps.ts';
import { migrationPhases, type ReadyMigration } from './migration-steps.ts';

/**
 * Phase `Clean up`: nothing of the guest stays at the source. The identity goes first, the reset that sets the
 * controller running again comes after it, so that no second controller ever runs with the guest's identity.
 */
export function cleanUpSource(builder: PlanBuilder, migration: ReadyMigration): void {
  const { machine, devices, request } = migration;
  const add = (step: Step) => builder.add(step, migrationPhases.cleanUp);
  add({ kind: 'vm-destroy', virtualMachineId: machine.id });
  for (const { source, virtual } of devices) {
    takeFromDriver(builder, source.id, migrationPhases.cleanUp);
    if (virtual !== null)
      add({
        kind: 'virtual-subsystem-remove',
        secondaryId: source.id,
        nqn: virtual.subsystem.nqn,
      });
  }
  for (const { primaryId, nqn } of emptied(migration))
    add({ kind: 'virtual-subsystem-delete', primaryId, nqn });
  for (const { source } of devices) {
    // Closing the VFIO device has reset a provisioned function; hidden, the host has nothing of it any more.
    if (source.functionKind === 'vf') add({ kind: 'function-level-reset', controllerId: source.id });
    if (!request.options.releaseSource) continue;
    if (request.options.detachSourceNamespaces)
      for (const nsid of source.attachedNamespaces)
        add({ kind: 'detach-namespace', controllerId: source.id, nsid });
    add({ kind: 'secondary-offline', secondaryId: source.id });
  }
}

/** Virtual subsystems of the source whose last member leaves with this migration. */
function emptied({ devices }: ReadyMigration): VirtualSubsystem[] {
  const leaving = new Set(devices.map((device) => device.source.id));
  const subsystems = new Map(
    devices.flatMap(({ virtual }) => (virtual === null ? [] : [[virtual.subsystem.id, virtual.subsystem]])),
  );
  return [...subsystems.values()].filter((subsystem) =>
    subsystem.members.every((member) => leaving.has(member.controllerId)),
  );
}
