import type {
  Controller,
  Fleet,
  PrimaryController,
  SecondaryController,
  VirtualMachine,
} from '../../fleet/schema.ts';
import { findPrimary, findSecondary } from '../../fleet/selectors.ts';
import { withEntry } from '../../layered-record.ts';
import { tableWith } from '../../tables.ts';
import type { Resource } from './fields.ts';

/** Changes of a predicted fleet that several steps share. What is not in the fleet is left alone. */

export function withController(fleet: Fleet, controller: Controller): Fleet {
  return { ...fleet, controllers: withEntry(fleet.controllers, controller.id, controller) };
}

export function withSecondary(fleet: Fleet, id: string, change: Partial<SecondaryController>): Fleet {
  const secondary = findSecondary(fleet, id);
  return secondary === undefined ? fleet : withController(fleet, { ...secondary, ...change });
}

export function withPrimary(fleet: Fleet, id: string, change: Partial<PrimaryController>): Fleet {
  const primary = findPrimary(fleet, id);
  return primary === undefined ? fleet : withController(fleet, { ...primary, ...change });
}

export function withMachine(fleet: Fleet, id: string, change: Partial<VirtualMachine>): Fleet {
  const machine = fleet.virtualMachines[id];
  if (machine === undefined) return fleet;
  return { ...fleet, virtualMachines: tableWith(fleet.virtualMachines, { [id]: { ...machine, ...change } }) };
}

export function withResources(fleet: Fleet, id: string, resource: Resource, count: number): Fleet {
  const secondary = findSecondary(fleet, id);
  const primary = secondary && findPrimary(fleet, secondary.primaryId);
  if (secondary === undefined || primary === undefined) return fleet;
  const pool = resource === 'VQ' ? primary.vq : primary.vi;
  const held = resource === 'VQ' ? secondary.nvq : secondary.nvi;
  const changed = { ...pool, assignedToSecondaries: Math.max(0, pool.assignedToSecondaries + count - held) };
  const next = withPrimary(fleet, primary.id, resource === 'VQ' ? { vq: changed } : { vi: changed });
  return withSecondary(next, id, resource === 'VQ' ? { nvq: count } : { nvi: count });
}

/** Offline, a secondary controller holds no flexible resources (NVMe Base 2.1, 8.2.6). */
export function takenOffline(fleet: Fleet, id: string): Fleet {
  const freed = withResources(withResources(fleet, id, 'VI', 0), id, 'VQ', 0);
  return withSecondary(freed, id, { online: false });
}

/** The VFIO state of a function that a VFIO driver has just opened or reset; null without live migration. */
export function startingVfioState(secondary: SecondaryController): 'RUNNING' | null {
  return secondary.migrationEnabled ? 'RUNNING' : null;
}
