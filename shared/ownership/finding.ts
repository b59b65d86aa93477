import { z } from 'zod';
import { intentSchema } from '../procedure/intent.ts';

/** Every kind of disorder that the audit of ownership knows. */
export const ownershipFindingKinds = [
  /** A guest that a migration moved is on neither side. */
  'guest-lost',
  'guest-on-two-hosts',
  'guest-paused',
  'guest-incoming',
  /** A guest stands stopped and has functions, so that nobody else can have them. */
  'stopped-guest-holds-functions',
  /** A guest has lost functions that its configuration names, or that a migration was to give it. */
  'guest-without-drive',
  /** A guest works, and a function that it has is offline, dead, in the VFIO state ERROR, or suspended. */
  'function-offline',
  'function-failed',
  'function-in-error',
  'function-suspended',
  /** The VFIO state of a function that no guest has is not RUNNING. */
  'function-left-in-state',
  /** A virtual subsystem that an ended procedure made, and that no guest uses. */
  'container-left',
  /** A function that a migration prepared at its destination, and that no guest uses. */
  'function-left',
] as const;
export const ownershipFindingKindSchema = z.enum(ownershipFindingKinds);
export type OwnershipFindingKind = z.infer<typeof ownershipFindingKindSchema>;

/** What can be done about a finding, each a thing that exists. */
export const wayOutSchema = z.discriminatedUnion('kind', [
  /** A procedure that can be planned on the fleet as it is; it is reviewed before it runs. */
  z.object({ kind: z.literal('change'), words: z.string(), intent: intentSchema }),
  /** Resume or roll back the procedure that was interrupted. */
  z.object({ kind: z.literal('recover'), words: z.string(), runId: z.string() }),
  /** Nothing in Berth does it: lines for a shell on the host. */
  z.object({ kind: z.literal('shell'), words: z.string(), commandLines: z.array(z.string()).min(1) }),
  /** Look at the object, whose actions help. */
  z.object({ kind: z.literal('show'), words: z.string(), objectId: z.string() }),
]);
export type WayOut = z.infer<typeof wayOutSchema>;

/** One thing that is not in order about who has what, and the ways out, the best first. */
export const ownershipFindingSchema = z.object({
  kind: ownershipFindingKindSchema,
  /** Fleet ids that it is about; the first one is what a person should look at. */
  objectIds: z.array(z.string()).min(1),
  /** One sentence: who, where, what. */
  title: z.string(),
  /** Evidence, a sentence each. */
  lines: z.array(z.string()),
  waysOut: z.array(wayOutSchema).min(1),
});
export type OwnershipFinding = z.infer<typeof ownershipFindingSchema>;
