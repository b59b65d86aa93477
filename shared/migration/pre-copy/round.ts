import { z } from 'zod';
import { userDataFactsSchema } from '../user-data/facts.ts';

/** One round of copying while the guest goes on, as it was measured. Times are milliseconds on the clock of the hosts. */
export const preCopyRoundSchema = z.object({
  /** 1-based, over all attempts of the migration. */
  number: z.number().int().min(1),
  /** Since the first round began. */
  startedMilliseconds: z.number().min(0),
  milliseconds: z.number().min(0),
  /** Guest memory sent in it. */
  sentBytes: z.number().min(0),
  /** Early state of the devices that was sent in it. */
  deviceBytes: z.number().min(0),
  /** Memory written meanwhile: what is left to send. */
  leftBytes: z.number().min(0),
  /** User data sent in it, and what of it was left then; left out: none is copied. */
  userDataSentBytes: z.number().min(0).optional(),
  userDataLeftBytes: z.number().min(0).optional(),
  /** Measured; 0 where the round was too short to tell. */
  bytesPerSecond: z.number().min(0),
  dirtyBytesPerSecond: z.number().min(0),
  /** Share of its processors' time that the guest did not get in it, percent. */
  throttlePercent: z.number().min(0).max(99),
  /** What the guest would stand still for if it were stopped after this round. */
  downtimeForecastMilliseconds: z.number().min(0),
  /** The part of it that is there whatever is left: stopping, device state, resuming; left out: an older program ran. */
  leastMilliseconds: z.number().min(0).optional(),
  /** What would have been short enough after this round. */
  allowedMilliseconds: z.number().min(0),
  /** What was sent before had to be sent again: the tracking or the destination had lost it. */
  startedOver: z.boolean(),
});
export type PreCopyRound = z.infer<typeof preCopyRoundSchema>;

/** How the copying stands. */
export const preCopyStateSchema = z.enum([
  'copying',
  /** Short enough; a person says when. */
  'holding',
  /** It does not get short enough; a person decides. */
  'not-converging',
  /** Decided: the guest is stopped. */
  'switching-over',
]);
export type PreCopyState = z.infer<typeof preCopyStateSchema>;

/** What is known of a migration's copying while the guest goes on. */
export const preCopyFactsSchema = z.object({
  state: preCopyStateSchema,
  /** Oldest first; of many, those in the middle are left out. */
  rounds: z.array(preCopyRoundSchema),
  /** Of the round under way: bytes sent and to be sent. */
  roundSentBytes: z.number().min(0),
  roundBytes: z.number().min(0),
  /** All memory that was sent, in all rounds. */
  totalSentBytes: z.number().min(0),
  /** The contents of its namespaces; left out: they are not copied. */
  userData: userDataFactsSchema.optional(),
  /** Why it was switched over when it was, or why it does not converge; empty before. */
  reason: z.string(),
  /** A person has asked for the next low: what is left then at most, and after how many rounds nobody waits; absent: not. */
  waitsForLow: z.object({ atMostBytes: z.number().min(0), roundsLeft: z.number().int().min(0) }).optional(),
});
export type PreCopyFacts = z.infer<typeof preCopyFactsSchema>;

/** Rounds that are kept: a chart needs no more, and the journal holds them all. */
const mostRounds = 240;

/** With one round more; the first ones and the newest stay, of the others every second one goes when there are many. */
export function withRound(rounds: readonly PreCopyRound[], round: PreCopyRound): PreCopyRound[] {
  const all = [...rounds, round];
  return all.length <= mostRounds
    ? all
    : all.filter((_, index) => index < 20 || index >= all.length - 60 || index % 2 === 0);
}

/** The downtime that is expected now, milliseconds: after the last round, or as it was before the start where there is none. */
export function forecastInForce({
  preCopy,
  downtimeForecastMilliseconds,
}: {
  readonly preCopy?: PreCopyFacts | undefined;
  /** Before the start. */
  readonly downtimeForecastMilliseconds: number;
}): number {
  return preCopy?.rounds.at(-1)?.downtimeForecastMilliseconds ?? downtimeForecastMilliseconds;
}
