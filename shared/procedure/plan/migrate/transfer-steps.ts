import type { VfioState } from '../../../vfio/device-state.ts';
import type { ProofStage } from '../../steps/proof.ts';
import type { PlanBuilder } from '../builder.ts';
import { migrationPhases, type ReadyDevice, type ReadyMigration } from './migration-steps.ts';

/**
 * Phases `Copy memory` and `Stop and copy`. The devices stop before the memory is read: a running device would go on
 * writing into pages that were sent already. Last, what was loaded is read again, and nothing comes between that and the
 * resume of the devices.
 */
export function transfer(builder: PlanBuilder, migration: ReadyMigration): void {
  const { request, machine, devices } = migration;
  const { copyMemory, stopAndCopy } = migrationPhases;
  const virtualMachineId = machine.id;
  const setAll = (side: Side, state: VfioState, phase: string) => {
    for (const device of devices) setState(builder, device[side].id, state, phase);
  };
  setAll('destination', 'RESUMING', copyMemory);
  builder.add({ kind: 'vm-pause', virtualMachineId }, copyMemory);
  if (devices.length > 1) setAll('source', 'RUNNING_P2P', copyMemory);
  setAll('source', 'STOP', copyMemory);
  const { destinationHostId } = request;
  builder.add({ kind: 'vm-send-memory', virtualMachineId, destinationHostId }, copyMemory);
  for (const { source, destination } of devices) {
    setState(builder, source.id, 'STOP_COPY', stopAndCopy);
    const ends = { sourceId: source.id, destinationId: destination.id };
    builder.add({ kind: 'vfio-transfer-state', ...ends }, stopAndCopy);
  }
  // Leaving RESUMING makes the driver verify and commit the state.
  setAll('destination', 'STOP', stopAndCopy);
  prove(builder, migration, 'loaded', stopAndCopy);
}

/**
 * Phase `Resume`. As long as the guest itself stands still it can go back to its source: its devices are compared once
 * more between their resume and its own. From its resume on it belongs to the destination, whatever happens; only after a
 * third comparison is the source given up.
 */
export function resumeAtDestination(builder: PlanBuilder, migration: ReadyMigration): void {
  const { devices, destinationMachineId } = migration;
  // Several devices resume in two hops: none writes into another that does not answer yet.
  const hops: readonly VfioState[] = devices.length > 1 ? ['RUNNING_P2P', 'RUNNING'] : ['RUNNING'];
  for (const state of hops)
    for (const { destination } of devices) setState(builder, destination.id, state, migrationPhases.resume);
  prove(builder, migration, 'resumed', migrationPhases.resume);
  builder.passPointOfNoReturn();
  builder.add({ kind: 'vm-resume', virtualMachineId: destinationMachineId }, migrationPhases.resume);
  prove(builder, migration, 'running', migrationPhases.resume);
}

function prove(
  builder: PlanBuilder,
  { devices, destinationMachineId: virtualMachineId }: ReadyMigration,
  stage: ProofStage,
  phase: string,
): void {
  const controllerIds = devices.map(({ destination }) => destination.id);
  if (controllerIds.length === 0) return;
  builder.add({ kind: 'migration-proof', stage, virtualMachineId, controllerIds }, phase);
}

type Side = keyof Pick<ReadyDevice, 'source' | 'destination'>;

function setState(builder: PlanBuilder, controllerId: string, state: VfioState, phase: string): void {
  builder.add({ kind: 'vfio-set-state', controllerId, state }, phase);
}
