import { virtualSubsystemIdOf } from '../../fleet/ids.ts';
import type { Fleet, VirtualSubsystem } from '../../fleet/schema.ts';
import { tableWith } from '../../tables.ts';

/** A virtual subsystem by its name on a primary controller. */
export interface Named {
  readonly primaryId: string;
  readonly nqn: string;
}

export function idOf({ primaryId, nqn: name }: Named): string {
  return virtualSubsystemIdOf(primaryId, name);
}

export function findNamedSubsystem(fleet: Fleet, of: Named): VirtualSubsystem | undefined {
  return fleet.virtualSubsystems[idOf(of)];
}

export function missingSubsystemWords(step: { readonly nqn: string }): string {
  return `The virtual subsystem ${step.nqn} no longer exists.`;
}

export function withSubsystem(fleet: Fleet, subsystem: VirtualSubsystem): Fleet {
  return { ...fleet, virtualSubsystems: tableWith(fleet.virtualSubsystems, { [subsystem.id]: subsystem }) };
}
