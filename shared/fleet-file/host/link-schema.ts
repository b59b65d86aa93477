import { z } from 'zod';
import type { FieldPath, ProblemList } from '../problems.ts';

const milliseconds = z.number().int().min(1).max(86_400_000);

/** What a host's migration link does to what passes over it. */
export const fileLinkStateSchema = z.discriminatedUnion('kind', [
  /** Share of its speed, in (0, 1]. */
  z.strictObject({ kind: z.literal('up'), share: z.number().gt(0).max(1) }),
  z.strictObject({ kind: z.literal('down') }),
  /** Up and down in turn, beginning with up. */
  z.strictObject({
    kind: z.literal('flapping'),
    upMilliseconds: milliseconds,
    downMilliseconds: milliseconds,
    /** Time since it last came up, or would have; below both together. */
    elapsedMicroseconds: z.number().int().min(0).default(0),
  }),
]);
export type FileLinkState = z.infer<typeof fileLinkStateSchema>;

/** Adds a problem for a flapping link that is further than its own period. */
export function checkLinkState(list: ProblemList, path: FieldPath, state: FileLinkState | undefined): void {
  if (state?.kind !== 'flapping') return;
  const period = (state.upMilliseconds + state.downMilliseconds) * 1000;
  if (state.elapsedMicroseconds >= period)
    list.add(
      [...path, 'elapsedMicroseconds'],
      `${state.elapsedMicroseconds} µs are not within one turn of up and down (${period} µs)`,
      `Write a number from 0 to ${period - 1}`,
    );
}
