import type { FleetChange } from '#shared/fleet/change.ts';
import { fleetCollections } from '#shared/fleet/collections.ts';

/**
 * One change with the effect of several in a row. Applying copies a whole collection, so that a burst must be applied
 * once, not change by change.
 */
export function mergeChanges(changes: readonly FleetChange[]): FleetChange | null {
  const last = changes.at(-1);
  if (last === undefined || changes.length === 1) return last ?? null;
  const upserts: FleetChange['upserts'] = {};
  const removals: FleetChange['removals'] = {};
  for (const collection of fleetCollections) {
    // The last word on an object counts, whether it came or went.
    const values = new Map<string, unknown>();
    const gone = new Set<string>();
    for (const change of changes) {
      for (const [id, value] of Object.entries(change.upserts[collection] ?? {})) {
        values.set(id, value);
        gone.delete(id);
      }
      for (const id of change.removals[collection] ?? []) {
        values.delete(id);
        gone.add(id);
      }
    }
    if (values.size > 0) upserts[collection] = Object.fromEntries(values);
    if (gone.size > 0) removals[collection] = [...gone];
  }
  const problems = changes.findLast((change) => change.problems !== undefined)?.problems;
  return { revision: last.revision, upserts, removals, ...(problems === undefined ? {} : { problems }) };
}
