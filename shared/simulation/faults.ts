import { z } from 'zod';

/** What a fault does to the command that it meets. */
export const faultEffectSchema = z.discriminatedUnion('kind', [
  /** Completes with this status without being executed: DNR in bit 14, SCT in 10:8, SC in 7:0; not 0 in 10:0. */
  z.object({
    kind: z.literal('status'),
    status: z
      .number()
      .int()
      .min(1)
      .max(0x7fff)
      .refine((status) => (status & 0x7ff) !== 0, 'Success is not a fault: choose SCT or SC other than 0'),
  }),
  /** Executed and completed so much later. */
  z.object({ kind: z.literal('delay'), milliseconds: z.number().int().min(1).max(86_400_000) }),
  /** Never executed, never completed. */
  z.object({ kind: z.literal('silence') }),
  /** Executed, but the data has this many bytes: cut off, or filled with zeroes. */
  z.object({
    kind: z.literal('wrong-length'),
    bytes: z
      .number()
      .int()
      .min(0)
      .max(1 << 20),
  }),
]);
export type FaultEffect = z.infer<typeof faultEffectSchema>;

/** Which commands of an NVM subsystem a fault meets, and what it does to them. */
export const commandFaultSchema = z.object({
  /** Null meets every opcode. */
  opcode: z.number().int().min(0).max(0xff).nullable(),
  /** CNTLID of the controller that gets the command; null meets every controller of the NVM subsystem. */
  cntlid: z.number().int().min(0).max(0xffff).nullable(),
  /** The first of the matching commands that it meets, counted from 1. */
  occurrence: z.number().int().min(1).max(0xffff_ffff),
  /** How many matching commands from there on. */
  count: z.number().int().min(1).max(0xffff_ffff),
  effect: faultEffectSchema,
});
export type CommandFault = z.infer<typeof commandFaultSchema>;

/** A fault with its number and how many matching commands there were so far. */
export const plannedFaultSchema = commandFaultSchema.extend({
  number: z.number().int().min(1),
  seen: z.number().int().min(0),
});
export type PlannedFault = z.infer<typeof plannedFaultSchema>;
