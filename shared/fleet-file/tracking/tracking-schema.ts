import { z } from 'zod';
import { base64Bytes, controllerIdentifier, hexadecimal64, uint8, uint16, uint32 } from '../scalars.ts';

/** A user data migration queue of a controlling function, with the host memory that it lies in. */
const fileDataQueueSchema = z.strictObject({
  /** CDQID. */
  identifier: uint16.min(1),
  /** CNTLID of the secondary whose changes it logs. */
  cntlid: controllerIdentifier,
  /** Entries of 32 bytes. */
  slots: z.number().int().min(2).max(0x1000000),
  /** PRP ranges that it takes. */
  ranges: z.number().int().min(1),
  /** PRP Entry 1. */
  address: hexadecimal64,
  /** Bytes of the memory up to the last that is not zero. */
  memory: base64Bytes.default(''),
  /** First slot that the host has not read, and slot of the next entry. */
  head: uint32.default(0),
  tail: uint32.default(0),
  /** TPT and ETPT of feature 21h. */
  trigger: uint32.default(0),
  armed: z.boolean().default(false),
  /** Phase tag of the next entry. */
  phase: z.boolean().default(true),
  /** `off`; `first` until the first entry after a start or resume; `on`; `paused` while the controller is suspended. */
  log: z.enum(['off', 'first', 'on', 'paused']).default('off'),
});
export type FileDataQueue = z.infer<typeof fileDataQueueSchema>;

/** Where a controlling function notes the memory that a secondary writes to. */
const fileMemoryTrackerSchema = z.strictObject({
  cntlid: controllerIdentifier,
  /** Granularity exponent: 2^n times 4 KiB. */
  granularity: uint8.max(40),
  ranges: z.array(z.strictObject({ address: hexadecimal64, granules: uint32.min(1) })).min(1),
  /** Granules that were written to and not reported, counted from address 0; see `granule-runs.ts`. */
  changed: base64Bytes.default(''),
});
export type FileMemoryTracker = z.infer<typeof fileMemoryTrackerSchema>;

/** What a controlling function tracks for migrations under way. */
export const fileTrackingSchema = z.strictObject({
  dataQueues: z.array(fileDataQueueSchema).default([]),
  memoryTrackers: z.array(fileMemoryTrackerSchema).default([]),
});
export type FileTracking = z.infer<typeof fileTrackingSchema>;

/** What a device can track, where it differs from its profile; the fields of Identify Controller bytes 570-587. */
export const fileTrackingLimitsSchema = z
  .strictObject({
    /** CMMRTD and NMMRTD. */
    controllerRanges: uint16,
    subsystemRanges: uint16,
    /** MINMRTG and MAXMRTG. */
    finest: uint8.max(40),
    coarsest: uint8.max(40),
    /** TRATTR bit 2 (MRTLL): lengths must be powers of two. */
    powerOfTwoLengths: z.boolean(),
    /** MCUDMQ and MNSUDMQ. */
    controllerQueues: uint16,
    subsystemQueues: uint16,
    /** MCMR and NMCMR. */
    queueRanges: uint16,
    subsystemQueueRanges: uint16,
    /** MCDQPC. */
    queuePages: uint16,
    /** Granules that the NVM subsystem can note at once. */
    granules: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  })
  .partial();
export type FileTrackingLimits = z.infer<typeof fileTrackingLimitsSchema>;

/** DMA logging of a VFIO device: what the device reported and nobody has asked for yet. */
export const fileDmaLoggingSchema = z.strictObject({
  written: z.array(z.strictObject({ address: hexadecimal64, length: hexadecimal64 })),
});
export type FileDmaLogging = z.infer<typeof fileDmaLoggingSchema>;
