import { z } from 'zod';

/** How a migration copies while its guest goes on, and when it stops the guest. */
export const preCopyOptionsSchema = z.object({
  /**
   * How little downtime is asked for, and for how long: `fastest` takes the whole budget at once, `balanced` begins with a
   * quarter of it, `minimal-downtime` goes on as long as that makes the downtime shorter.
   */
  policy: z.enum(['minimal-downtime', 'balanced', 'fastest']),
  /** Goes on copying until a person says when the guest is stopped. */
  holdBeforeSwitchOver: z.boolean(),
  /** Bytes per second that copying may take of the link while the guest goes on; left out: all that it gets. */
  mostBytesPerSecond: z.number().int().min(1_000_000).max(1_000_000_000_000).optional(),
  /** Largest share of its processors' time that may be taken from the guest so that it writes less, percent; 0: none. */
  largestThrottlePercent: z.number().int().min(0).max(99),
  /** Rounds after which it counts as not converging. */
  mostRounds: z.number().int().min(2).max(1000),
  /**
   * What becomes of one that does not converge: a person is asked, the guest is stopped for longer than the budget, or it is
   * rolled back.
   */
  whenNotConverging: z.enum(['ask', 'finish', 'give-up']),
});
export type PreCopyOptions = z.infer<typeof preCopyOptionsSchema>;
export type MigrationPolicy = PreCopyOptions['policy'] | 'stop-and-copy';

export const defaultPreCopyOptions: PreCopyOptions = {
  policy: 'balanced',
  holdBeforeSwitchOver: false,
  largestThrottlePercent: 80,
  mostRounds: 40,
  whenNotConverging: 'ask',
};

/** What a person says of a migration that copies while its guest goes on. */
export const switchOverDecisionSchema = z.enum([
  /** Stop the guest and move it now, however long that takes. */
  'switch-over',
  /** The same by itself, as soon as as little is left as there is from time to time. */
  'at-next-low',
  /** That is taken back. */
  'not-at-low',
  /** Go on copying, although it does not converge. */
  'go-on',
  /** Roll it back. */
  'give-up',
]);
export type SwitchOverDecision = z.infer<typeof switchOverDecisionSchema>;
