import { z } from 'zod';
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
    }),
    response: rehearsalSchema,
  },
  'rehearsal:go-on': {
    request: z.object({
      id,
      how: z.enum(['step', 'on', 'to-line']),
      line: z.number().int().min(1).max(largestScript).optional(),
      pauseBeforeInterruption: z.boolean(),
      skip: z.boolean(),
    }),
    response: nothing,
  },
  'rehearsal:stop': { request: z.object({ id }), response: nothing },
} as const;

export const rehearsalEvents = { 'rehearsal:changed': rehearsalSchema } as const;
