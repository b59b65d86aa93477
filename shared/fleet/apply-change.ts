import { tableWith } from '../tables.ts';
import type { FleetChange } from './change.ts';
import { fleetCollections } from './collections.ts';
import type { Fleet, FleetCollection } from './schema.ts';

/** A fleet that was a text or a message, with the tables that a fleet has here (see `tables.ts`). */
export function withTables(fleet: Fleet): Fleet {
  const tables = fleetCollections.map((collection) => [
    collection,
    tableWith<unknown>(fleet[collection], {}),
  ]);
  return { ...fleet, ...Object.fromEntries(tables) };
}

/** Applies a change; the objects that did not change keep their identity, so that views can skip them. */
export function applyFleetChange(fleet: Fleet, change: FleetChange): Fleet {
  const next: Record<string, unknown> = { ...fleet };
  for (const collection of fleetCollections) {
    const upserts = change.upserts[collection];
    const removals = change.removals[collection];
    if (upserts === undefined && removals === undefined) continue;
    const entries = tableWith<unknown>(fleet[collection as FleetCollection], upserts ?? {});
    for (const id of removals ?? []) delete entries[id];
    next[collection] = entries;
  }
  if (change.problems !== undefined) next.problems = change.problems;
  return next as Fleet;
}
