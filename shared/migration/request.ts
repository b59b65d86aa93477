import { z } from 'zod';
import { preCopyOptionsSchema } from './pre-copy/options.ts';

const id = z.string().min(1).max(512);
const nsid = z.number().int().min(1).max(0xfffffffe);

/** How one device of a migrating virtual machine maps to the destination. */
export const deviceMappingSchema = z.object({
  sourceId: id,
  destinationId: id,
  /** NSIDs in the source subsystem → NSIDs in the destination subsystem. */
  namespaces: z
    .array(
      z.object({
        source: nsid,
        destination: nsid,
        /** The destination has other storage: the contents are copied there. Left out: it is the same shared storage. */
        copy: z.literal(true).optional(),
      }),
    )
    .max(256),
});
export type DeviceMapping = z.infer<typeof deviceMappingSchema>;

export const migrationOptionsSchema = z.object({
  /** Longest tolerated guest pause, milliseconds. */
  downtimeBudgetMilliseconds: z.number().int().min(1).max(600_000),
  /** Copies while the guest goes on; left out: the guest is stopped first (stop-and-copy). */
  preCopy: preCopyOptionsSchema.optional(),
  /** Take the source secondary back to the pool (offline, resources freed) at the end. */
  releaseSource: z.boolean(),
  /** Detach namespaces from the released source secondary. */
  detachSourceNamespaces: z.boolean(),
});
export type MigrationOptions = z.infer<typeof migrationOptionsSchema>;

export const migrationRequestSchema = z.object({
  virtualMachineId: id,
  destinationHostId: id,
  devices: z.array(deviceMappingSchema).min(1).max(64),
  options: migrationOptionsSchema,
  /** Ids of warnings that the person acknowledged; recorded in the report. */
  acknowledged: z.array(z.string().max(200)).max(1000),
});
export type MigrationRequest = z.infer<typeof migrationRequestSchema>;
