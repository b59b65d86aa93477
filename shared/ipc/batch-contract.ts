import { z } from 'zod';
import {
  batchChangeSchema,
  migrationBatchSchema,
  mostMembers,
  newBatchSchema,
} from '../migration/batch/batch.ts';
import { checkSchema } from '../migration/checks/check.ts';
import { migrationOptionsSchema, migrationRequestSchema } from '../migration/request.ts';
import { objectIdSchema as id } from './contract-parts.ts';

/** Where one virtual machine would go, judged on the fleet as those before it will leave it. */
export const placementSchema = z.object({
  virtualMachineId: id,
  /** Null: no host takes it. */
  request: migrationRequestSchema.nullable(),
  /** Checks that it starts with as warnings. */
  warnings: z.array(checkSchema),
  passed: z.number().int().min(0),
  /** As if it moved alone; null where it is not known. */
  downtimeForecastMilliseconds: z.number().nullable(),
  totalForecastMilliseconds: z.number().nullable(),
  refused: z
    .object({
      cause: z.string(),
      fix: z.string(),
      hosts: z.array(z.object({ hostId: id, reasons: z.array(z.string()) })),
    })
    .nullable(),
});
export type PlacementView = z.infer<typeof placementSchema>;

/** Several migrations that are asked for together. */
export const batchRequests = {
  'batch:list': { request: z.object({}), response: z.object({ batches: z.array(migrationBatchSchema) }) },
  /** A host for each virtual machine; of a host that is evacuated for all that it has, and none goes there. */
  'batch:place': {
    request: z.object({
      what: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('machines'), virtualMachineIds: z.array(id).min(1).max(mostMembers) }),
        z.object({ kind: z.literal('evacuate'), hostId: id }),
      ]),
      options: migrationOptionsSchema,
      /** What a person chose, by virtual machine. */
      chosen: z.array(z.object({ virtualMachineId: id, destinationHostId: id })).max(mostMembers),
    }),
    response: z.object({ placements: z.array(placementSchema) }),
  },
  'batch:begin': { request: newBatchSchema, response: migrationBatchSchema },
  'batch:change': { request: z.object({ id, change: batchChangeSchema }), response: migrationBatchSchema },
};

export const batchEvents = {
  /** A batch in its newest state. */
  'batch:changed': migrationBatchSchema,
};
