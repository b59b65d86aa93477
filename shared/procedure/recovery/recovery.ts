import { z } from 'zod';

/** How a procedure that was interrupted goes on: forward, back, or not at all. */
export const recoverySchema = z.enum(['resume', 'roll-back', 'dismiss']);
export type Recovery = z.infer<typeof recoverySchema>;

/** What is known of a procedure that was interrupted, and where it may go from there. */
export const recoveryStateSchema = z.object({
  title: z.string(),
  /** Milliseconds since the Unix epoch. */
  startedAt: z.number(),
  /** Of the whole procedure. */
  stepCount: z.number().int().min(1),
  /** The steps that began, in their order. */
  begun: z.array(
    z.object({
      /** Of the step in the plan, from 0. */
      index: z.number().int().min(0),
      words: z.string(),
      /** `uncertain`: it was under way, or failed, and may have taken effect all the same. */
      became: z.enum(['done', 'uncertain', 'undone', 'failed']),
      /** What was read back when it was done; of an uncertain one, what a look at the fleet shows now. May be empty. */
      seen: z.string(),
    }),
  ),
  /** What is not in order about who has what as it stands now, a sentence each. */
  findings: z.array(z.string()),
  ways: z.array(
    z.object({
      how: recoverySchema,
      /** Steps that would run. */
      stepCount: z.number().int().min(0),
      /** Why it cannot go this way; empty: it can. */
      refusals: z.array(z.string()),
    }),
  ),
});
export type RecoveryState = z.infer<typeof recoveryStateSchema>;
