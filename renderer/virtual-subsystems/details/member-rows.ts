import type { Controller, Fleet, SecondaryController, VirtualMachine } from '#shared/fleet/schema.ts';
import { machineOf } from '#shared/fleet/selectors.ts';
import type { SubsystemGroup } from '../subsystem-groups.ts';

/** One virtual controller id over all hosts on which the virtual subsystem exists. */
export interface MemberRow {
  readonly virtualId: number;
  /** The controller that has the id on each instance, in the group's order; null where none has it. */
  readonly controllers: readonly (Controller | null)[];
  /** The primaries themselves, which control the others. */
  readonly isControlling: boolean;
  readonly machine: VirtualMachine | null;
  /** The one that a guest uses now, otherwise the first that exists. */
  readonly shown: SecondaryController | null;
}

/** Rows by virtual id, the controlling functions first. */
export function memberRows(fleet: Fleet, group: SubsystemGroup): readonly MemberRow[] {
  const ids = new Set(group.instances.flatMap(({ subsystem }) => subsystem.members.map(idOf)));
  const primaries = new Set(group.instances.map(({ subsystem }) => subsystem.primaryVirtualId));
  const ascending = (a: number, b: number) => a - b;
  return [
    ...[...primaries].sort(ascending).map((virtualId) => controllingRow(fleet, group, virtualId)),
    ...[...ids].sort(ascending).map((virtualId) => memberRow(fleet, group, virtualId)),
  ];
}

/** A guest's own primary is not among its members: it has the id that the virtual subsystem gives it. */
function controllingRow(fleet: Fleet, group: SubsystemGroup, virtualId: number): MemberRow {
  const controllers = group.instances.map(({ subsystem }) =>
    subsystem.primaryVirtualId === virtualId ? (fleet.controllers[subsystem.primaryId] ?? null) : null,
  );
  return { virtualId, controllers, isControlling: true, machine: null, shown: null };
}

function memberRow(fleet: Fleet, group: SubsystemGroup, virtualId: number): MemberRow {
  const controllers = group.instances.map(({ subsystem }) => {
    const member = subsystem.members.find((one) => idOf(one) === virtualId);
    return member === undefined ? null : (fleet.controllers[member.controllerId] ?? null);
  });
  const secondaries = controllers.filter((one) => one?.role === 'secondary');
  // The one whose guest runs; during a migration both hosts have the id.
  const used =
    secondaries.find((one) => machineOf(fleet, one)?.state === 'running') ?? secondaries[0] ?? null;
  return {
    virtualId,
    controllers,
    isControlling: false,
    machine: used === null ? null : (machineOf(fleet, used) ?? null),
    shown: used,
  };
}

function idOf(member: { readonly virtualControllerId: number }): number {
  return member.virtualControllerId;
}
