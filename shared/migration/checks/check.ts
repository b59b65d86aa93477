import { z } from 'zod';

/** Whose behaviour decides a check. `berth`: neither a specification nor a version, but what Berth holds to be safe. */
export const ruleComponentSchema = z.enum([
  'nvme-base',
  'nvme-proposal',
  'kernel',
  'qemu',
  'libvirt',
  'berth',
]);
export type RuleComponent = z.infer<typeof ruleComponentSchema>;

/** What decides a check. */
const checkRuleSchema = z.object({
  /** `Every bit that the source offers must be offered at the destination.` */
  words: z.string(),
  component: ruleComponentSchema,
  /** Clause, uAPI name, document or commit in which it stands. */
  source: z.string(),
  /** Last release that refuses it, `11.0`; left out: no release decides it, or which one is the last is not known. */
  blockedUpTo: z.string().optional(),
  /** First release that allows it, `11.1`; left out: no release decides it. */
  allowedFrom: z.string().optional(),
  /** The release of the component on each host; null: not recorded. Left out: no release decides it. */
  versions: z.array(z.object({ host: z.string(), version: z.string().nullable() })).optional(),
});
export type CheckRule = z.infer<typeof checkRuleSchema>;

/** A value that a check looked at. */
const readingSchema = z.object({
  side: z.enum(['source', 'destination', 'both']),
  /** Empty: the evidence says it. */
  value: z.string(),
  /** `Identify Controller (CNS 01h), bytes 520-521`, a path in sysfs, a call of VFIO. */
  from: z.string(),
  /** When the host was read, ISO 8601; null: not known. */
  at: z.string().nullable(),
});
export type CheckedValue = z.infer<typeof readingSchema>;

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
  /** What decides it; absent in runs of earlier versions. */
  rule: checkRuleSchema.optional(),
  /** What was read, where and when; absent in runs of earlier versions. */
  readings: z.array(readingSchema).optional(),
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
