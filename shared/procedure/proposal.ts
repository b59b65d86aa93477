import { z } from 'zod';
import { cutOffGuestSchema } from './agreement.ts';
import type { Intent } from './intent.ts';
import { planChangesSchema } from './plan-changes.ts';
import { planSchema, procedureRunSchema } from './procedure.ts';
import type { Recovery } from './recovery/recovery.ts';
import { plannedStepSchema } from './step.ts';

/** What a person asks for: a change, or that one is undone. Without an id: the last one that can be undone. */
export type Change =
  | { readonly kind: 'intent'; readonly intent: Intent }
  | { readonly kind: 'undo'; readonly runId?: string | undefined };

/** How an interrupted procedure goes on. */
export interface RecoveryChange {
  readonly kind: 'recover';
  readonly runId: string;
  readonly how: Recovery;
}

/** What is reviewed before it starts. */
export type Reviewable = Change | RecoveryChange;

/** Which plan a person looked at, and in which state of the fleet; it travels with the request to run it. */
export const reviewedSchema = z.object({
  /** SHA-256 of what the plan does, in hexadecimal. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  /** Revision of the fleet for which it was planned. */
  fleetRevision: z.number().int().min(0),
});
export type Reviewed = z.infer<typeof reviewedSchema>;

/** A plan for the fleet as it is now, shown before it runs. */
export const proposalSchema = planSchema.extend({
  ...reviewedSchema.shape,
  /** Empty only for an interrupted procedure of which nothing would run. */
  steps: z.array(plannedStepSchema),
  /** Virtual machines, not switched off, that lose a drive, or data on it, by this plan: each must be agreed to. */
  guestsCutOff: z.array(cutOffGuestSchema),
  /** What differs from the plan that was reviewed; null when it does the same, or when none was reviewed. */
  changes: planChangesSchema.nullable(),
});
export type Proposal = z.infer<typeof proposalSchema>;

/** Answer to the request to run a reviewed plan. */
export const startAnswerSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('started'), run: procedureRunSchema }),
  /** The fleet has moved so that the plan differs: nothing ran and nothing was journalled; this is to be reviewed now. */
  z.object({ outcome: z.literal('plan-changed'), proposal: proposalSchema }),
]);
export type StartAnswer = z.infer<typeof startAnswerSchema>;
