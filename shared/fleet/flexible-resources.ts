import { z } from 'zod';
import { gapSchema } from './gap.ts';

const uint16 = z.number().int().min(0).max(0xffff);
const uint32 = z.number().int().min(0).max(0xffffffff);

/** Primary Controller Capabilities, one resource type (NVMe Base 2.1, figure for CNS 14h). */
export const flexibleResourcesSchema = z.object({
  /** Why none of the numbers is known; left out: the device said them. */
  gap: gapSchema.optional(),
  /** CRT says this type is flexible. */
  supported: z.boolean(),
  /** xQFRT: all flexible resources of the primary and its secondaries. */
  total: uint32,
  /** xQRFA: assigned to secondaries. */
  assignedToSecondaries: uint32,
  /** xQRFAP: allocated to the primary. */
  allocatedToPrimary: uint16,
  /** xQPRT: private resources of the primary. */
  privateToPrimary: uint16,
  /** xQFRSM: at most this many for one secondary. */
  secondaryMaximum: uint16,
  /** xQGRAN: preferred granularity. */
  granularity: uint16,
});
export type FlexibleResources = z.infer<typeof flexibleResourcesSchema>;
