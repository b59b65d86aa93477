// Apart from the words and tables of the same things, so that the page can show them without loading the schemas.
import { z } from 'zod';
import { type VfioState, vfioStates } from './device-state.ts';

export const vfioStateSchema = z.enum(Object.keys(vfioStates) as [VfioState, ...VfioState[]]);

/** How the state of a function is saved and loaded, whoever the maker is. */
export const migrationInterfaceSchema = z.enum(['standard', 'vendor-2022', 'self-contained']);
export type MigrationInterface = z.infer<typeof migrationInterfaceSchema>;

/** What a VFIO device answers to VFIO_DEVICE_FEATURE_MIGRATION and DMA_LOGGING beside STOP_COPY, which each of them has. */
export const vfioFlagsSchema = z.object({
  /** Bit 1 of the flags: the states RUNNING_P2P and PRE_COPY_P2P. */
  p2p: z.boolean(),
  /** Bit 2 of the flags: the state PRE_COPY. */
  preCopy: z.boolean(),
  /** VFIO_DEVICE_FEATURE_DMA_LOGGING_START is there: the device notes which memory it writes to. */
  dmaLogging: z.boolean(),
});
export type VfioFlags = z.infer<typeof vfioFlagsSchema>;

/** What the VFIO driver of one function offers, or in words why nothing is known or offered. */
export const vfioOfferSchema = z.object({
  /** Null: no migration, or not known as long as no VFIO driver is bound. */
  flags: vfioFlagsSchema.nullable(),
  reason: z.string(),
});
export type VfioOffer = z.infer<typeof vfioOfferSchema>;
