import { z } from 'zod';
import { nvmeReleases } from '../nvme/nvme-cli/nvme-release.ts';
import { intentSchema } from '../procedure/intent.ts';
import { largestScript, rehearsalSchema } from '../rehearsal/rehearsal.ts';
import { emptySchema as nothing, objectIdSchema } from './contract-parts.ts';

const id = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** A script on a copy of the open fleet. */
export const rehearsalRequests = {
  /** Makes the copy; nothing of the script has run. A rehearsal that was there before ends. */
  'rehearsal:start': {
    request: z.object({
      name: z.string().min(1).max(255),
      text: z.string().max(largestScript),
      /** Where it runs; of a capture the one host that its twin has. */
      hostId: objectIdSchema,
      /** The release of nvme-cli that `nvme` is. */
      nvme: z.enum(nvmeReleases),
    }),
    response: rehearsalSchema,
  },
  'rehearsal:go-on': {
    request: z.object({
      id,
      how: z.enum(['step', 'on', 'to-line']),
      line: z.number().int().min(1).max(largestScript).optional(),
      pauseBeforeInterruption: z.boolean(),
      /** The change that it is paused before is left out, or every change of its line. */
      skip: z.enum(['no', 'change', 'line']),
    }),
    response: nothing,
  },
  /** What differs on the copy, as a change of the fleet that is open: nothing is planned or run by that. */
  'rehearsal:change': {
    request: z.object({ id }),
    response: z.object({ intent: intentSchema.nullable(), left: z.array(z.string()) }),
  },
  'rehearsal:stop': { request: z.object({ id }), response: nothing },
} as const;

export const rehearsalEvents = { 'rehearsal:changed': rehearsalSchema } as const;
