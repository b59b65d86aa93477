import { z } from 'zod';

/** How the state of a function is saved and loaded, whoever the maker is. */
export const migrationInterfaceSchema = z.enum(['standard', 'vendor-2022', 'self-contained']);
export type MigrationInterface = z.infer<typeof migrationInterfaceSchema>;

/** What is known of an interface before any device is looked at. */
export interface InterfaceDescription {
  readonly title: string;
  /** For narrow columns. */
  readonly brief: string;
  /** The VFIO variant driver that speaks it; the kernel finds it by the PCI ID of the function. */
  readonly driver: string;
  /** How the driver reaches the state, for a person. */
  readonly how: string;
}

/** The interfaces that exist. The driver names are those of the simulated kernel. */
export const migrationInterfaces: Readonly<Record<MigrationInterface, InterfaceDescription>> = {
  standard: {
    title: 'Host Managed Live Migration',
    brief: 'standard',
    driver: 'nvme_lm_vfio_pci',
    how: 'Migration Send and Receive on the admin queue of the controlling function (NVMe Base 2.1, 5.1.16 and 5.1.17)',
  },
  'vendor-2022': {
    title: 'Vendor commands of December 2022',
    brief: 'December 2022',
    driver: 'nvme_2022_vfio_pci',
    how: 'vendor-specific commands C4h, C8h, CCh, D2h and D5h on the admin queue of the controlling function',
  },
  'self-contained': {
    title: 'State in its own BAR',
    brief: 'own BAR',
    driver: 'nvme_bar_vfio_pci',
    how: 'the hidden upper half of the function’s own BAR; no admin command is involved',
  },
};

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

/** `STOP_COPY, P2P, PRE_COPY, DMA logging`, without those that are missing. */
export function vfioFlagWords(flags: VfioFlags): string {
  if (!flags.p2p && !flags.preCopy && !flags.dmaLogging) return 'STOP_COPY only';
  return [
    'STOP_COPY',
    flags.p2p ? 'P2P' : '',
    flags.preCopy ? 'PRE_COPY' : '',
    flags.dmaLogging ? 'DMA logging' : '',
  ]
    .filter((word) => word !== '')
    .join(', ');
}
