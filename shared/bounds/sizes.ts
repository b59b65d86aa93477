import type { ValueBounds } from './find-excess.ts';

/** Bytes of a fleet file, and characters of one that is being edited: several times what the largest fleet takes. */
export const largestFleetFile = 32 * 1024 * 1024;

/** Characters of a text that is pasted to be recognised: some hundred controllers with all that nvme-cli prints of them. */
export const largestPaste = 4 * 1024 * 1024;
/** Files with outputs of one host that are opened together. */
export const mostOutputFiles = 500;
/** Bytes of one file with outputs, and of all that are opened together. */
export const largestOutput = 32 * 1024 * 1024;
export const largestOutputs = 256 * 1024 * 1024;

/** Of a fleet file before its schema looks at it. One text is at most the memory of a simulated device in base64. */
export const fleetFileBounds: ValueBounds = {
  entries: 16_384,
  text: 8 * 1024 * 1024,
  depth: 32,
  values: 2_000_000,
};

/** Of a request of the page. One that carries a fleet file has a text that is as long. */
export const requestBounds: ValueBounds = { entries: 16_384, text: 65_536, depth: 32, values: 200_000 };

/** Of an output that a capture has recorded: lists of some thousand controllers, texts of some hundred characters. */
export const recordedBounds: ValueBounds = { entries: 65_536, text: 4096, depth: 32, values: 2_000_000 };

/** Bytes of a report with the evidence of a migration, several times what the largest takes; and what is in it. */
export const largestEvidence = 64 * 1024 * 1024;
export const evidenceBounds: ValueBounds = { entries: 65_536, text: 65_536, depth: 32, values: 2_000_000 };

/**
 * Of a whole simulated fleet, after each field is right by itself: a few numbers in a small file can stand for a
 * hundred thousand controllers. Twice as much as the largest fleet that comes with Berth.
 */
export const fleetSizes = {
  /** Controllers, with every virtual function of TotalVFs and every function that can be provisioned. */
  controllers: 20_000,
  namespaces: 8192,
  /** Of one NVM subsystem. */
  namespacesOfSubsystem: 1024,
  /** Controllers that namespaces are attached to, over all namespaces. */
  attachments: 100_000,
  hosts: 256,
  virtualMachines: 4096,
  /** I/O queue pairs that drivers make when they start. */
  queuePairs: 500_000,
  /** Slots of Controller Data Queues, 32 bytes each: 1 GiB. */
  dataQueueSlots: 2 ** 25,
  /** Granules that are noted as written, a bit for each: 4 TiB of pages of 4 KiB. */
  notedGranules: 2 ** 30,
} as const;
