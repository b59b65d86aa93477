import type { Fleet, VirtualMachine, VirtualSubsystem } from '../../fleet/schema.ts';
import { findSecondary, machineOf } from '../../fleet/selectors.ts';
import type { ProcedureRun } from '../../procedure/procedure.ts';

/** Life of a virtual subsystem, in order. `draft` and `deleted` are states outside any device. */
export const lifeCycleStates = [
  'draft',
  'created',
  'in use',
  'migrating',
  'prepared',
  'empty',
  'deleted',
] as const;
export type LifeCycleState = (typeof lifeCycleStates)[number];

/** What each state means, for the person. */
export const lifeCycleWords: Readonly<Record<LifeCycleState, string>> = {
  draft: 'Stored only by Berth: no device knows it yet.',
  created: 'It exists and has members; no guest uses any of them.',
  'in use': 'A guest uses at least one of its members.',
  migrating: 'A procedure is moving a guest with its members, or was interrupted while doing so.',
  prepared: 'It is ready here for a guest that is on another host.',
  empty: 'It has no members and can be deleted.',
  deleted: 'It was deleted from the device; the journal records when and by which procedure.',
};

/** What is looked at of a run. */
export type LifeCycleRun = Pick<ProcedureRun, 'status' | 'migration'>;

/**
 * State of one virtual subsystem on one host, from the fleet and the runs that are not over. The first that holds:
 *
 * 1. `migrating`: a run that is under way or was interrupted moves one of its members, or VFIO says that the state of one
 *    is being taken (Linux uAPI vfio.h: neither RUNNING nor STOP nor ERROR);
 * 2. `in use`: a running or paused guest has one of its members;
 * 3. `prepared`: no guest here, but an incoming virtual machine has a member, or the same virtual NQN is in use on
 *    another controlling function;
 * 4. `empty`: no members;
 * 5. `created`: everything else.
 */
export function lifeCycleOf(
  fleet: Fleet,
  subsystem: VirtualSubsystem,
  runs: readonly LifeCycleRun[],
): Exclude<LifeCycleState, 'draft' | 'deleted'> {
  if (isMoving(fleet, subsystem, runs)) return 'migrating';
  const machines = machinesOf(fleet, subsystem);
  if (machines.some(isHere)) return 'in use';
  const waits = machines.some((machine) => machine.state === 'incoming');
  const usedElsewhere = Object.values(fleet.virtualSubsystems).some(
    (other) =>
      other.id !== subsystem.id &&
      other.nqn === subsystem.nqn &&
      (machinesOf(fleet, other).some(isHere) || isMoving(fleet, other, runs)),
  );
  if (waits || usedElsewhere) return 'prepared';
  return subsystem.members.length === 0 ? 'empty' : 'created';
}

function isHere(machine: VirtualMachine): boolean {
  return machine.state === 'running' || machine.state === 'paused';
}

function machinesOf(fleet: Fleet, subsystem: VirtualSubsystem): VirtualMachine[] {
  return subsystem.members.flatMap(({ controllerId }) => {
    const secondary = findSecondary(fleet, controllerId);
    return (secondary && machineOf(fleet, secondary)) ?? [];
  });
}

function isMoving(fleet: Fleet, subsystem: VirtualSubsystem, runs: readonly LifeCycleRun[]): boolean {
  const open = runs.filter(({ status }) => ['running', 'aborting', 'interrupted'].includes(status));
  const moved = new Set(
    open
      .flatMap((run) => run.migration?.devices ?? [])
      .flatMap(({ sourceId, destinationId }) => [sourceId, destinationId]),
  );
  return subsystem.members.some(({ controllerId }) => {
    const secondary = findSecondary(fleet, controllerId);
    const state = secondary?.vfioState ?? 'RUNNING';
    const taken = !['RUNNING', 'STOP', 'ERROR'].includes(state);
    const incoming = secondary !== undefined && machineOf(fleet, secondary)?.state === 'incoming';
    return moved.has(controllerId) || (taken && !incoming);
  });
}
