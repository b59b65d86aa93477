import type { VirtualSubsystem } from '../../../fleet/schema.ts';
import type { PlannedStep, Step } from '../../step.ts';
import { migrationPhases, planStep, type ReadyMigration } from './migration-steps.ts';

/**
 * Phase `Clean up`: nothing of the guest stays at the source. The identity goes first, the reset that sets the
 * controller running again comes after it, so that no second controller ever runs with the guest's identity.
 */
export function cleanUpSteps(migration: ReadyMigration): PlannedStep[] {
  const { fleet, machine, devices, request } = migration;
  const step = (kind: Step) => planStep(fleet, machine.hostId, migrationPhases.cleanUp, kind, null);
  const steps: PlannedStep[] = [step({ kind: 'vm-destroy', virtualMachineId: machine.id })];
  for (const { source, virtual } of devices) {
    steps.push(
      source.functionKind === 'siov'
        ? step({ kind: 'function-set-visible', secondaryId: source.id, visible: false })
        : step({ kind: 'set-driver', controllerId: source.id, driver: null }),
    );
    if (virtual === null) continue;
    const { nqn } = virtual.subsystem;
    steps.push(step({ kind: 'virtual-subsystem-remove', secondaryId: source.id, nqn }));
  }
  for (const { primaryId, nqn } of emptied(migration))
    steps.push(step({ kind: 'virtual-subsystem-delete', primaryId, nqn }));
  for (const { source } of devices) {
    // Closing the VFIO device has reset a provisioned function; hidden, the host has nothing of it any more.
    if (source.functionKind === 'vf')
      steps.push(step({ kind: 'function-level-reset', controllerId: source.id }));
    if (!request.options.releaseSource) continue;
    if (request.options.detachSourceNamespaces)
      for (const nsid of source.attachedNamespaces)
        steps.push(step({ kind: 'detach-namespace', controllerId: source.id, nsid }));
    steps.push(step({ kind: 'secondary-offline', secondaryId: source.id }));
  }
  return steps;
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
