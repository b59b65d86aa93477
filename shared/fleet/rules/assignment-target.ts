import { z } from 'zod';

const id = z.string().min(1).max(512);

/** Where a secondary controller can be dropped. */
export const assignmentTargetSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pool') }),
  z.object({ kind: z.literal('virtual-subsystem'), virtualSubsystemId: id }),
  z.object({ kind: z.literal('virtual-machine'), virtualMachineId: id }),
]);
export type AssignmentTarget = z.infer<typeof assignmentTargetSchema>;
