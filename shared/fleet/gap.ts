import { z } from 'zod';

/**
 * Why something about a device is not known. `not-recorded`: it may be there, and nobody wrote down the answer;
 * `not-supported`: the device has no such thing.
 */
export const gapSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('not-recorded'),
    /** The command that would tell: `nvme list-secondary /dev/nvme0`. */
    tellBy: z.string(),
  }),
  z.object({
    kind: z.literal('not-supported'),
    /** `OACS bit 7 of hv-a/nvme0 is 0`. */
    reason: z.string(),
  }),
]);
export type Gap = z.infer<typeof gapSchema>;

/** `not recorded`, or `not supported`: for a cell of a list. */
export function gapTitle({ kind }: Gap): string {
  return kind === 'not-recorded' ? 'not recorded' : 'not supported';
}

/** The same with what would tell, or why not. */
export function gapWords(gap: Gap): string {
  return gap.kind === 'not-recorded'
    ? `${gapTitle(gap)}: ${gap.tellBy} would tell`
    : `${gapTitle(gap)}: ${gap.reason}`;
}
