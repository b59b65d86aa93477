import type { VfioState } from '../../../vfio/device-state.ts';
import type { PlanBuilder } from '../builder.ts';
import { migrationPhases, type ReadyDevice, type ReadyMigration } from './migration-steps.ts';

/**
 * Phases `Copy memory` and `Stop and copy`, up to the last step that can be undone. The devices stop before the memory
 * is read: a running device would go on writing into pages that were sent already.
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
}

/** Phase `Resume`: from its first step on the guest belongs to the destination, whatever happens. */
export function resumeAtDestination(builder: PlanBuilder, migration: ReadyMigration): void {
  const { devices, destinationMachineId } = migration;
  // Several devices resume in two hops: none writes into another that does not answer yet.
  const hops: readonly VfioState[] = devices.length > 1 ? ['RUNNING_P2P', 'RUNNING'] : ['RUNNING'];
  for (const state of hops)
    for (const { destination } of devices) setState(builder, destination.id, state, migrationPhases.resume);
  builder.add({ kind: 'vm-resume', virtualMachineId: destinationMachineId }, migrationPhases.resume);
}

type Side = keyof Pick<ReadyDevice, 'source' | 'destination'>;

function setState(builder: PlanBuilder, controllerId: string, state: VfioState, phase: string): void {
  builder.add({ kind: 'vfio-set-state', controllerId, state }, phase);
}
