import type { VfioState } from '../../../vfio/device-state.ts';
import type { PlannedStep, Step } from '../../step.ts';
import { type MigrationPhase, migrationPhases, planStep, type ReadyMigration } from './migration-steps.ts';
import { commitText, resumeText, type StepText } from './step-text.ts';

/**
 * Phases `Copy memory` and `Stop and copy`, up to the last step that can be undone. The devices stop before the memory
 * is read: a running device would go on writing into pages that were sent already.
 */
export function transferSteps(migration: ReadyMigration): PlannedStep[] {
  const { fleet, request, machine, devices } = migration;
  const plan = (hostId: string, phase: MigrationPhase, step: Step, inverse: Step[]) =>
    planStep(fleet, hostId, phase, step, inverse);
  const { copyMemory, stopAndCopy } = migrationPhases;
  const steps: PlannedStep[] = [];
  for (const { destination } of devices)
    steps.push(
      plan(destination.hostId, copyMemory, state(destination.id, 'RESUMING'), [
        // A resuming session ends only with loaded state or a reset (Linux uAPI vfio.h).
        { kind: 'function-level-reset', controllerId: destination.id },
      ]),
    );
  const virtualMachineId = machine.id;
  steps.push(
    plan(machine.hostId, copyMemory, { kind: 'vm-pause', virtualMachineId }, [
      // A device that failed half-way to STOP has no done step of its own to undo.
      ...devices.map(({ source }) => state(source.id, 'RUNNING')),
      { kind: 'vm-resume', virtualMachineId },
    ]),
  );
  const quiesced: VfioState = devices.length > 1 ? 'RUNNING_P2P' : 'RUNNING';
  if (devices.length > 1)
    for (const { source } of devices)
      steps.push(
        plan(source.hostId, copyMemory, state(source.id, 'RUNNING_P2P'), [state(source.id, 'RUNNING')]),
      );
  for (const { source } of devices)
    steps.push(plan(source.hostId, copyMemory, state(source.id, 'STOP'), [state(source.id, quiesced)]));
  const { destinationHostId } = request;
  steps.push(
    plan(machine.hostId, copyMemory, { kind: 'vm-send-memory', virtualMachineId, destinationHostId }, []),
  );
  for (const { source, destination } of devices)
    steps.push(
      plan(source.hostId, stopAndCopy, state(source.id, 'STOP_COPY'), [state(source.id, 'STOP')]),
      plan(
        source.hostId,
        stopAndCopy,
        { kind: 'vfio-transfer-state', sourceId: source.id, destinationId: destination.id },
        [],
      ),
    );
  // Leaving RESUMING makes the driver verify and commit the state; the loaded controller must go before the source
  // may run again, hence the reset.
  for (const { source, destination } of devices)
    steps.push(
      planStep(
        fleet,
        destination.hostId,
        stopAndCopy,
        state(destination.id, 'STOP'),
        [{ kind: 'function-level-reset', controllerId: destination.id }],
        commitText(fleet, source.id, destination.id),
      ),
    );
  return steps;
}

/** Phase `Resume`: from its first step on the guest belongs to the destination, whatever happens. */
export function resumeSteps({
  fleet,
  devices,
  destinationMachineId,
  request,
}: ReadyMigration): PlannedStep[] {
  const hostId = request.destinationHostId;
  const step = (kind: Step, text?: StepText) =>
    planStep(fleet, hostId, migrationPhases.resume, kind, null, text);
  const hops = (['RUNNING_P2P', 'RUNNING'] as const).flatMap((target) =>
    devices.map(({ destination: { id } }) => step(state(id, target), resumeText(fleet, id, target))),
  );
  const single = devices.map(({ destination: { id } }) => step(state(id, 'RUNNING')));
  return [
    ...(devices.length > 1 ? hops : single),
    step({ kind: 'vm-resume', virtualMachineId: destinationMachineId }),
  ];
}

function state(controllerId: string, target: VfioState): Step {
  return { kind: 'vfio-set-state', controllerId, state: target };
}
