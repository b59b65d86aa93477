import { z } from 'zod';
import { nvmeReleases } from '../nvme/nvme-cli/nvme-release.ts';
import { emptySchema as nothing, objectIdSchema } from './contract-parts.ts';

const sessionId = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const size = {
  columns: z.number().int().min(2).max(1000),
  rows: z.number().int().min(1).max(1000),
};

/** Shells of the window on simulated hosts: keys go there, output comes back as events. */
export const terminalRequests = {
  /** A new shell on a host; one that was open there before ends. Refused where nothing can run. */
  'terminal:open': {
    request: z.object({
      hostId: objectIdSchema,
      /** The release of nvme-cli that `nvme` is; left out: the usual one. On a copy its rehearsal says it. */
      nvme: z.enum(nvmeReleases).optional(),
      /** On the copy of this rehearsal; left out: on the host of the fleet that is open. */
      rehearsalId: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
      ...size,
    }),
    response: z.object({ sessionId }),
  },
  /** What was typed or pasted, as a terminal sends it. */
  'terminal:type': { request: z.object({ sessionId, data: z.string().max(16_384) }), response: nothing },
  /** The page has shown so many characters: only then more are sent. */
  'terminal:shown': {
    request: z.object({
      sessionId,
      characters: z
        .number()
        .int()
        .min(1)
        .max(16 * 1024 * 1024),
    }),
    response: nothing,
  },
  'terminal:resize': { request: z.object({ sessionId, ...size }), response: nothing },
  'terminal:close': { request: z.object({ sessionId }), response: nothing },
} as const;

export const terminalEvents = {
  'terminal:output': z.object({ sessionId, data: z.string().max(65_536) }),
  /** By `exit`, or because another fleet was opened. */
  'terminal:ended': z.object({ sessionId }),
} as const;
