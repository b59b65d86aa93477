import type { PreCopyOptions } from '../../../migration/pre-copy/options.ts';
import type { VfioState } from '../../../vfio/device-state.ts';
import type { ProofStage } from '../../steps/proof.ts';
import type { PlanBuilder } from '../builder.ts';
import { migrationPhases, type ReadyDevice, type ReadyMigration } from './migration-steps.ts';
import { logUserData, sendUserData } from './user-data-steps.ts';

/**
 * Phases `Pre-copy` or `Copy memory`, and `Stop and copy`. Last, what was loaded is read again, and nothing comes between
 * that and the resume of the devices.
 */
export function transfer(builder: PlanBuilder, migration: ReadyMigration): void {
  setAll(
    builder,
    migration,
    'destination',
    'RESUMING',
    migration.preCopy === null ? migrationPhases.copyMemory : migrationPhases.preCopy,
  );
  if (migration.preCopy === null) stopThenCopy(builder, migration);
  else copyThenStop(builder, migration, migration.preCopy);
  // Leaving RESUMING makes the driver verify and commit the state.
  setAll(builder, migration, 'destination', 'STOP', migrationPhases.stopAndCopy);
  prove(builder, migration, 'loaded', migrationPhases.stopAndCopy);
}

/** The devices stop before the memory is read: a running device would go on writing into pages that were sent already. */
function stopThenCopy(builder: PlanBuilder, migration: ReadyMigration): void {
  const { request, machine, devices } = migration;
  const { copyMemory, stopAndCopy } = migrationPhases;
  builder.add({ kind: 'vm-pause', virtualMachineId: machine.id }, copyMemory);
  if (devices.length > 1) setAll(builder, migration, 'source', 'RUNNING_P2P', copyMemory);
  setAll(builder, migration, 'source', 'STOP', copyMemory);
  const { destinationHostId } = request;
  sendUserData(builder, migration, copyMemory);
  builder.add({ kind: 'vm-send-memory', virtualMachineId: machine.id, destinationHostId }, copyMemory);
  setAll(builder, migration, 'source', 'STOP_COPY', stopAndCopy);
  transferStates(builder, migration);
}

/**
 * Everything is copied while the guest goes on, with a log of what is written meanwhile. It is stopped, its devices with it,
 * and the logs are read to their ends: only then is it known what is left.
 */
function copyThenStop(builder: PlanBuilder, migration: ReadyMigration, options: PreCopyOptions): void {
  const { request, machine, devices } = migration;
  const { preCopy, stopAndCopy } = migrationPhases;
  const ends = { virtualMachineId: machine.id, destinationHostId: request.destinationHostId };
  logUserData(builder, migration, true, preCopy);
  builder.add({ kind: 'vm-track-memory', virtualMachineId: machine.id, tracking: true }, preCopy);
  const early = devices.filter(({ source }) => source.vfioOffer.flags?.preCopy === true);
  setStates(
    builder,
    early.map(({ source }) => ({ controllerId: source.id, state: 'PRE_COPY' })),
    preCopy,
  );
  builder.add(
    {
      ...{ kind: 'vm-pre-copy', ...ends, options },
      earlyState: early.map(({ source, destination }) => ({
        sourceId: source.id,
        destinationId: destination.id,
      })),
      queues: devices.map(({ source }) => source.nvq),
      ...(migration.userData.length === 0 ? {} : { userData: [...migration.userData] }),
      downtimeBudgetMilliseconds: request.options.downtimeBudgetMilliseconds,
    },
    preCopy,
  );
  builder.add({ kind: 'vm-pause', virtualMachineId: machine.id }, stopAndCopy);
  if (devices.length > 1)
    setStates(
      builder,
      devices.map((device) => ({
        controllerId: device.source.id,
        state: early.includes(device) ? 'PRE_COPY_P2P' : 'RUNNING_P2P',
      })),
      stopAndCopy,
    );
  setAll(builder, migration, 'source', 'STOP_COPY', stopAndCopy);
  sendUserData(builder, migration, stopAndCopy);
  builder.add({ kind: 'vm-send-memory', ...ends, rest: true }, stopAndCopy);
  transferStates(builder, migration);
}

function transferStates(builder: PlanBuilder, { devices }: ReadyMigration): void {
  for (const [index, { source, destination }] of devices.entries())
    builder.add(
      { kind: 'vfio-transfer-state', sourceId: source.id, destinationId: destination.id },
      migrationPhases.stopAndCopy,
      { withNext: index < devices.length - 1 },
    );
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
  for (const state of hops) setAll(builder, migration, 'destination', state, migrationPhases.resume);
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

function setAll(
  builder: PlanBuilder,
  { devices }: ReadyMigration,
  side: Side,
  state: VfioState,
  phase: string,
): void {
  setStates(
    builder,
    devices.map((device) => ({ controllerId: device[side].id, state })),
    phase,
  );
}

/** Of all devices of the guest at the same time: none waits for another, and the guest for none longer than it must. */
function setStates(
  builder: PlanBuilder,
  states: readonly { readonly controllerId: string; readonly state: VfioState }[],
  phase: string,
): void {
  for (const [index, { controllerId, state }] of states.entries())
    builder.add({ kind: 'vfio-set-state', controllerId, state }, phase, {
      withNext: index < states.length - 1,
    });
}
