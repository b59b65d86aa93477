import type { Fleet, VirtualSubsystem } from '#shared/fleet/schema.ts';
import { virtualSubsystemTitle } from '#shared/fleet/selectors.ts';
import {
  type LifeCycleRun,
  type LifeCycleState,
  lifeCycleOf,
} from '#shared/virtual-subsystem/life-cycle/life-cycle.ts';

/** A virtual subsystem on one host. */
interface SubsystemInstance {
  readonly subsystem: VirtualSubsystem;
  readonly state: LifeCycleState;
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
export function groupSubsystems(fleet: Fleet, runs: readonly LifeCycleRun[]): readonly SubsystemGroup[] {
  const byNqn = new Map<string, VirtualSubsystem[]>();
  for (const subsystem of Object.values(fleet.virtualSubsystems)) {
    const group = byNqn.get(subsystem.nqn);
    if (group === undefined) byNqn.set(subsystem.nqn, [subsystem]);
    else group.push(subsystem);
  }
  return [...byNqn.entries()]
    .map(([nqn, subsystems]) => ({
      nqn,
      name: virtualSubsystemTitle({ nqn }),
      instances: subsystems
        .map((subsystem) => ({ subsystem, state: lifeCycleOf(fleet, subsystem, runs) }))
        .sort((a, b) => a.subsystem.hostId.localeCompare(b.subsystem.hostId)),
      memberCount: new Set(
        subsystems.flatMap((one) => one.members.map((member) => member.virtualControllerId)),
      ).size,
    }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }) || a.nqn.localeCompare(b.nqn));
}
