import { z } from 'zod';
import { largestPaste, mostOutputFiles } from '../bounds/sizes.ts';

/** Path of a file or folder. */
export const pathSchema = z.string().min(1).max(4096);

/** What can be opened: a built-in fleet, a path to a fleet file, a capture or outputs of tools, or outputs as a text. */
export const openRequestSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('built-in'), name: z.string().min(1).max(100) }),
  z.object({
    kind: z.literal('path'),
    path: pathSchema,
    /** Which snapshot of a capture; left out: the first. */
    snapshot: z.string().max(255).optional(),
    /** What was recorded opens read-only, or as a simulated twin on which changes can be rehearsed. */
    as: z.enum(['recorded', 'twin']).optional(),
  }),
  /** Outputs of tools on one host, in several files. */
  z.object({
    kind: z.literal('paths'),
    paths: z.array(pathSchema).min(1).max(mostOutputFiles),
    as: z.enum(['recorded', 'twin']).optional(),
  }),
  /** The same as it was pasted. */
  z.object({
    kind: z.literal('text'),
    text: z.string().min(1).max(largestPaste),
    as: z.enum(['recorded', 'twin']).optional(),
  }),
]);
export type OpenRequest = z.infer<typeof openRequestSchema>;
