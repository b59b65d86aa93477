import { z } from 'zod';
import { lookUp, tableOf } from '../tables.ts';
import { fleetCollections } from './collections.ts';
import { type Fleet, fleetCollectionSchema, fleetSchema } from './schema.ts';

/**
 * The revision protocol between the one writer and its mirrors. A mirror loads a snapshot once, then applies changes
 * whose `revision` is exactly one above its own; anything else is a gap and means: ask for a snapshot.
 */
export const fleetChangeSchema = z.object({
  revision: z.number().int().positive(),
  upserts: z.partialRecord(fleetCollectionSchema, z.record(z.string(), z.unknown())),
  removals: z.partialRecord(fleetCollectionSchema, z.array(z.string())),
  problems: fleetSchema.shape.problems.optional(),
});
export type FleetChange = z.infer<typeof fleetChangeSchema>;

export const fleetSnapshotSchema = z.object({ revision: z.number().int().min(0), fleet: fleetSchema });
export type FleetSnapshot = z.infer<typeof fleetSnapshotSchema>;

/** The change from one fleet to the next, or null when nothing differs. Objects are compared by content. */
export function diffFleets(before: Fleet, after: Fleet, revision: number): FleetChange | null {
  const upserts: FleetChange['upserts'] = {};
  const removals: FleetChange['removals'] = {};
  for (const collection of fleetCollections) {
    const changed = changedEntries(before[collection], after[collection]);
    const gone = Object.keys(before[collection]).filter((id) => !Object.hasOwn(after[collection], id));
    if (Object.keys(changed).length > 0) upserts[collection] = changed;
    if (gone.length > 0) removals[collection] = gone;
  }
  const problemsDiffer = JSON.stringify(before.problems) !== JSON.stringify(after.problems);
  if (Object.keys(upserts).length === 0 && Object.keys(removals).length === 0 && !problemsDiffer) return null;
  return { revision, upserts, removals, ...(problemsDiffer ? { problems: after.problems } : {}) };
}

function changedEntries(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const changed = tableOf<unknown>();
  for (const [id, value] of Object.entries(after)) {
    const old = lookUp(before, id);
    if (old === value) continue;
    if (old !== undefined && JSON.stringify(old) === JSON.stringify(value)) continue;
    changed[id] = value;
  }
  return changed;
}
