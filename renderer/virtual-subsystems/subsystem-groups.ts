import type { Fleet, VirtualSubsystem } from '#shared/fleet/schema.ts';
import { virtualSubsystemTitle } from '#shared/fleet/selectors.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';

/** Life cycle of a virtual subsystem on one host. */
export type LifeCycle = 'empty' | 'created' | 'prepared' | 'in use' | 'migrating';

/** A virtual subsystem on one host. */
interface SubsystemInstance {
  readonly subsystem: VirtualSubsystem;
  readonly state: LifeCycle;
}

/** All instances with one virtual NQN: to a guest they are the same subsystem, whichever host it runs on. */
export interface SubsystemGroup {
  readonly nqn: string;
  /** The part of the NQN that people call it by. */
  readonly name: string;
  readonly instances: readonly SubsystemInstance[];
  /** Distinct virtual controller ids over all instances. */
  readonly memberCount: number;
}

/** Virtual subsystems of the whole fleet, grouped by virtual NQN, in order of name. */
export function groupSubsystems(fleet: Fleet, runs: readonly ProcedureRun[]): readonly SubsystemGroup[] {
  const byNqn = new Map<string, VirtualSubsystem[]>();
  for (const subsystem of Object.values(fleet.virtualSubsystems)) {
    const group = byNqn.get(subsystem.nqn);
    if (group === undefined) byNqn.set(subsystem.nqn, [subsystem]);
    else group.push(subsystem);
  }
  const moving = movingControllers(runs);
  return [...byNqn.entries()]
    .map(([nqn, subsystems]) => ({
      nqn,
      name: virtualSubsystemTitle({ nqn }),
      instances: subsystems
        .map((subsystem) => ({ subsystem, state: lifeCycle(fleet, subsystem, subsystems, moving) }))
        .sort((a, b) => a.subsystem.hostId.localeCompare(b.subsystem.hostId)),
      memberCount: new Set(
        subsystems.flatMap((one) => one.members.map((member) => member.virtualControllerId)),
      ).size,
    }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }) || a.nqn.localeCompare(b.nqn));
}

function lifeCycle(
  fleet: Fleet,
  subsystem: VirtualSubsystem,
  siblings: readonly VirtualSubsystem[],
  moving: ReadonlySet<string>,
): LifeCycle {
  if (subsystem.members.some((member) => moving.has(member.controllerId))) return 'migrating';
  if (subsystem.members.length === 0) return isUsed(fleet, siblings) ? 'prepared' : 'empty';
  if (isUsed(fleet, [subsystem])) return 'in use';
  return isUsed(fleet, siblings) || hasIncoming(fleet, subsystem) ? 'prepared' : 'created';
}

function isUsed(fleet: Fleet, subsystems: readonly VirtualSubsystem[]): boolean {
  return machinesOf(fleet, subsystems).some(
    (machine) => machine.state === 'running' || machine.state === 'paused',
  );
}

function hasIncoming(fleet: Fleet, subsystem: VirtualSubsystem): boolean {
  return machinesOf(fleet, [subsystem]).some((machine) => machine.state === 'incoming');
}

function machinesOf(fleet: Fleet, subsystems: readonly VirtualSubsystem[]) {
  return subsystems.flatMap((subsystem) =>
    subsystem.members.flatMap((member) => {
      const controller = fleet.controllers[member.controllerId];
      if (controller?.role !== 'secondary' || controller.virtualMachineId === null) return [];
      const machine = fleet.virtualMachines[controller.virtualMachineId];
      return machine === undefined ? [] : [machine];
    }),
  );
}

function movingControllers(runs: readonly ProcedureRun[]): ReadonlySet<string> {
  return new Set(
    runs
      .filter((run) => run.status === 'running' || run.status === 'aborting')
      .flatMap((run) => run.migration?.devices ?? [])
      .flatMap((device) => [device.sourceId, device.destinationId]),
  );
}
