import { z } from 'zod';

/** The closed set of error codes that any part of Berth may answer with. */
export const errorCodeSchema = z.enum([
  'invalid-request',
  'invalid-file',
  'unreadable',
  'not-found',
  'not-supported',
  'read-only',
  'not-recorded',
  'refused',
  'busy',
  'device-status',
  'device-timeout',
  'device-data',
  'effect-missing',
  'aborted',
  'conflict',
  'storage',
  'untrusted-sender',
  'internal',
]);
export type ErrorCode = z.infer<typeof errorCodeSchema>;

/**
 * One thing that went wrong, told so that a person can act: the object and the field it is about, and the fix.
 * `details` holds further lines (for example every blocker of a refused procedure).
 */
export const berthErrorSchema = z.object({
  code: errorCodeSchema,
  /** One sentence in plain words. */
  message: z.string(),
  /** The file, device, controller or option that the message is about, as the user knows it. */
  object: z.string().optional(),
  /** The field inside the object, for example `drives[0].virtualFunctions` or `bytes 36-39 (VQRFA)`. */
  field: z.string().optional(),
  /** What to do about it. */
  fix: z.string().optional(),
  details: z.array(z.string()).optional(),
});
export type BerthError = z.infer<typeof berthErrorSchema>;
