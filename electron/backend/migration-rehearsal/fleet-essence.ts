import { isDeepStrictEqual } from 'node:util';
import type { Fleet } from '#shared/fleet/schema.ts';

/** All that was read, without the order in which a hypervisor lists the devices of a machine, and how much its guest writes. */
export function wholeFleet(fleet: Fleet): Record<string, unknown> {
  const machines = Object.values(fleet.virtualMachines).map((machine) => [
    machine.id,
    { ...machine, deviceIds: [...machine.deviceIds].sort(), dirtyBytesPerSecond: null },
  ]);
  return flatten({ ...fleet, virtualMachines: Object.fromEntries(machines) });
}

/** What planners foresee; addresses and names are the kernel's to give, identities are read later. */
export function foreseenFleet(fleet: Fleet): Record<string, unknown> {
  const objects: Record<string, unknown> = {};
  for (const one of Object.values(fleet.controllers)) {
    const { driver, attachedNamespaces } = one;
    const common = { driver, attachedNamespaces };
    if (one.role === 'plain') objects[one.id] = common;
    if (one.role === 'primary') {
      const { numVfs, driversAutoprobe, vq, vi } = one;
      objects[one.id] = { ...common, numVfs, driversAutoprobe, vq, vi };
    }
    if (one.role === 'secondary') {
      const { online, nvq, nvi, vfioState, suspended = false, visible, migrationEnabled } = one;
      const { userDataQueue = false } = one;
      const { virtualSubsystemId, virtualControllerId, virtualMachineId } = one;
      objects[one.id] = {
        ...{ ...common, online, nvq, nvi, vfioState, suspended, visible, migrationEnabled },
        ...{ virtualSubsystemId, virtualControllerId, virtualMachineId, userDataQueue },
      };
    }
  }
  for (const { id, state, deviceIds } of Object.values(fleet.virtualMachines))
    objects[id] = { state, deviceIds: [...deviceIds].sort() };
  for (const { id, members, identity, exposed } of Object.values(fleet.virtualSubsystems))
    objects[id] = { members, identity, exposed };
  for (const { id, attachedTo } of Object.values(fleet.namespaces)) objects[id] = { attachedTo };
  return objects;
}

/** Ids of the objects in which two fleets differ, with the fields that do: `hv-a/0000:41:00.0/1: online, nvq`. */
export function differences(
  wanted: Readonly<Record<string, unknown>>,
  found: Readonly<Record<string, unknown>>,
): { readonly id: string; readonly fields: string }[] {
  const ids = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  return [...ids].flatMap((id) => {
    const [left, right] = [plain(wanted[id]), plain(found[id])];
    if (isDeepStrictEqual(left, right)) return [];
    if (left === undefined) return [{ id, fields: 'is there' }];
    if (right === undefined) return [{ id, fields: 'is gone' }];
    const [before, now] = [left as Record<string, unknown>, right as Record<string, unknown>];
    const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
    const fields = [...keys].flatMap((key) => {
      const [was, is] = [before[key], now[key]];
      return isDeepStrictEqual(was, is) ? [] : [`${key} ${short(is)}, not ${short(was)}`];
    });
    return [{ id, fields: fields.join('; ') }];
  });
}

/** As it would be read from a message: what is undefined is not there. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

function flatten(fleet: Omit<Fleet, 'virtualMachines'> & { virtualMachines: unknown }) {
  const { hosts, subsystems, controllers, namespaces, virtualSubsystems, virtualMachines } = fleet;
  const tables = { hosts, subsystems, controllers, namespaces, virtualSubsystems, virtualMachines };
  // Host and subsystem ids could be those of other objects.
  return Object.fromEntries(
    Object.entries(tables).flatMap(([kind, table]) =>
      Object.entries(table as Record<string, unknown>).map(([id, object]) => [
        kind === 'hosts' || kind === 'subsystems' ? `${kind} ${id}` : id,
        object,
      ]),
    ),
  );
}
