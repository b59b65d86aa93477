import { z } from 'zod';
import { deviceMappingSchema, migrationOptionsSchema } from '../../migration/request.ts';
import { intentSchema } from '../intent.ts';

/**
 * What makes a failed check of a migration pass: a change of the fleet, or another request. Each was tried on the foreseen
 * fleet before it is offered.
 */
export const remedySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('change'),
    /** `Set the VF count of hv-b/nvme1 to 8`. */
    words: z.string(),
    intent: intentSchema,
    /** How many steps its plan has. */
    steps: z.number().int().min(1),
    /** What its plan interrupts. */
    consequences: z.array(z.string()),
    /** The check passes once the mapping is proposed anew on the changed fleet. */
    thenPropose: z.boolean(),
  }),
  z.object({
    kind: z.literal('request'),
    words: z.string(),
    devices: z.array(deviceMappingSchema).min(1).max(64).optional(),
    options: migrationOptionsSchema.optional(),
  }),
]);
export type Remedy = z.infer<typeof remedySchema>;

/** What can be done about one check, the smallest change first. */
export const checkRemediesSchema = z.object({
  checkId: z.string(),
  remedies: z.array(remedySchema),
  /** What would help and is refused now, with the first reason. */
  refused: z.array(z.object({ words: z.string(), reason: z.string() })),
});
export type CheckRemedies = z.infer<typeof checkRemediesSchema>;

/** What would make a host able to take a virtual machine. */
export const pathToAbleSchema = z.object({
  /** Each is applied to what the ones before it leave, the first one to the fleet as it is. */
  remedies: z.array(remedySchema),
  /** It can take the virtual machine after all of them. */
  able: z.boolean(),
  /** What then still stands against it, each with what a person would have to do. */
  remaining: z.array(z.object({ reason: z.string(), fix: z.string() })),
});
export type PathToAble = z.infer<typeof pathToAbleSchema>;
