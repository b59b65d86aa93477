import type { MigrationInterface, VfioFlags } from './schema.ts';

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
