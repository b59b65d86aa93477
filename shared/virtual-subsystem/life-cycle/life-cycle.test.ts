import { describe, expect, it } from 'vitest';
import type { Fleet } from '../../fleet/schema.ts';
import { migrationFleet } from '../../test-support/migration-fleet.ts';
import { finishedMigration } from '../../test-support/migration-run.ts';
import { type LifeCycleRun, lifeCycleOf, lifeCycleStates, lifeCycleWords } from './life-cycle.ts';

const here = 'hv-a/0000:41:00.0';
const there = 'hv-b/0000:41:00.0';

/** The guest's virtual subsystem at its source and a twin at the destination, with one member each. */
function world(): Fleet {
  const fleet = migrationFleet(1);
  const [source] = Object.values(fleet.virtualSubsystems);
  if (source === undefined) throw new Error('fixture');
  fleet.virtualSubsystems.twin = {
    ...source,
    ...{ id: 'twin', hostId: 'hv-b', primaryId: there },
    members: [{ controllerId: `${there}/1`, virtualControllerId: 20 }],
  };
  return fleet;
}

function states(fleet: Fleet, runs: readonly LifeCycleRun[] = []): string[] {
  return Object.values(fleet.virtualSubsystems).map((subsystem) => lifeCycleOf(fleet, subsystem, runs));
}

const guest = (fleet: Fleet) => {
  const machine = Object.values(fleet.virtualMachines)[0];
  if (machine === undefined) throw new Error('fixture');
  return machine;
};

describe('life cycle of a virtual subsystem', () => {
  it('has words for every state', () => {
    for (const state of lifeCycleStates) expect(lifeCycleWords[state]).not.toBe('');
  });

  it('is in use where the guest is, and prepared where only its name is', () => {
    const fleet = world();
    expect(states(fleet)).toEqual(['in use', 'prepared']);
    guest(fleet).state = 'paused';
    expect(states(fleet)).toEqual(['in use', 'prepared']);
  });

  it('is created with members and empty without, when no guest is anywhere', () => {
    const fleet = world();
    guest(fleet).state = 'stopped';
    expect(states(fleet)).toEqual(['created', 'created']);
    for (const subsystem of Object.values(fleet.virtualSubsystems)) subsystem.members = [];
    expect(states(fleet)).toEqual(['empty', 'empty']);
  });

  it('is prepared without members while the same name is in use elsewhere', () => {
    const fleet = world();
    const twin = fleet.virtualSubsystems.twin;
    if (twin !== undefined) twin.members = [];
    expect(states(fleet)).toEqual(['in use', 'prepared']);
  });

  it('migrates at both ends while a run moves a member, and while such a run is interrupted', () => {
    const fleet = world();
    const run = finishedMigration(migrationFleet(1));
    const device = { sourceId: `${here}/1`, destinationId: `${there}/1` };
    const moving = (status: LifeCycleRun['status']): LifeCycleRun => ({
      status,
      migration: {
        ...run.migration,
        devices: [{ ...run.migration?.devices[0], ...device }],
      } as LifeCycleRun['migration'],
    });
    for (const status of ['running', 'aborting', 'interrupted'] as const)
      expect(states(fleet, [moving(status)])).toEqual(['migrating', 'migrating']);
    for (const status of ['done', 'failed', 'rolled-back'] as const)
      expect(states(fleet, [moving(status)])).toEqual(['in use', 'prepared']);
  });

  it('migrates when VFIO says that the state of a member is taken, whoever does it', () => {
    const fleet = world();
    const source = fleet.controllers[`${here}/1`];
    if (source?.role !== 'secondary') throw new Error('fixture');
    source.vfioState = 'STOP_COPY';
    expect(states(fleet)).toEqual(['migrating', 'prepared']);
    source.vfioState = 'ERROR';
    expect(states(fleet)).toEqual(['in use', 'prepared']);
  });
});
