import { z } from 'zod';

/**
 * How the time of a simulated fleet passes. A single step is not a mode but something that a paused clock does: exactly
 * one thing that waits becomes due.
 */
export const clockModeSchema = z.enum(['real-time', 'ten-times', 'as-fast-as-possible', 'paused']);
export type ClockMode = z.infer<typeof clockModeSchema>;

/** What waits for simulated time. */
export const awaitedSchema = z.object({
  /** For people: `memory of db-primary over the link of hv-a`. */
  what: z.string(),
  /** Simulated milliseconds since the fleet began, when it becomes due. */
  at: z.number().min(0),
});
export type Awaited = z.infer<typeof awaitedSchema>;

export const clockStateSchema = z.object({
  mode: clockModeSchema,
  /** Simulated milliseconds since the fleet began. */
  milliseconds: z.number().min(0),
  /** How many things wait for simulated time. */
  waiting: z.number().int().min(0),
  /** What becomes due next; null when nothing waits. */
  next: awaitedSchema.nullable(),
});
export type ClockState = z.infer<typeof clockStateSchema>;

/** The clock as a fleet file keeps it; a fleet without it begins at 0 in real time. */
export const fileClockSchema = z.strictObject({
  mode: clockModeSchema.default('real-time'),
  /** Simulated microseconds since the fleet began. */
  microseconds: z.number().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
});
export type FileClock = z.infer<typeof fileClockSchema>;

/** The longest step by time, milliseconds: a day. */
export const longestStepMilliseconds = 86_400_000;
