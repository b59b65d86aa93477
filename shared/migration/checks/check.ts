import { z } from 'zod';

/** One compatibility check with its evidence. All checks always run. */
export const checkSchema = z.object({
  /** Stable id, for example `capabilities.oncs:hv-a/0000:41:00.0/3`; acknowledgements refer to it. */
  id: z.string(),
  group: z.enum(['capabilities', 'resources', 'namespaces', 'state-format', 'identity', 'environment']),
  title: z.string(),
  verdict: z.enum(['passed', 'warning', 'error']),
  /** What was compared: values and where each is from. */
  evidence: z.string(),
  source: z.string(),
  destination: z.string(),
  /** What to do; empty when passed. */
  fix: z.string(),
});
export type Check = z.infer<typeof checkSchema>;

export const compatibilitySchema = z.object({
  checks: z.array(checkSchema),
  errors: z.number().int().min(0),
  warnings: z.number().int().min(0),
  passed: z.number().int().min(0),
});
export type Compatibility = z.infer<typeof compatibilitySchema>;

/** A host that may or may not take the virtual machine; refused ones stay in the list with the reason. */
export const destinationOptionSchema = z.object({
  hostId: z.string(),
  eligible: z.boolean(),
  reasons: z.array(z.string()),
});
export type DestinationOption = z.infer<typeof destinationOptionSchema>;
