import { z } from 'zod';
import { base64Bytes, hexadecimal64, hexadecimalDigits, uint8, uint16, uint32 } from '../scalars.ts';

/** One I/O submission queue as the controller holds it; counts and indexes as in the Controller State structure. */
const submissionQueueSchema = z.strictObject({
  identifier: uint16.min(1),
  /** Entries minus 1, as QSIZE stores it. */
  size: uint16.min(1),
  completionQueue: uint16.min(1),
  /** PRP Entry 1: guest memory address of the queue. */
  address: hexadecimal64,
  contiguous: z.boolean().default(true),
  /** QPRIO, 0-3. */
  priority: z.number().int().min(0).max(3).default(0),
  head: uint16.default(0),
  tail: uint16.default(0),
});

/** One I/O completion queue. */
const completionQueueSchema = z.strictObject({
  identifier: uint16.min(1),
  /** Entries minus 1, as QSIZE stores it. */
  size: uint16.min(1),
  address: hexadecimal64,
  contiguous: z.boolean().default(true),
  interruptsEnabled: z.boolean().default(true),
  interruptVector: uint16,
  /** Phase tag of slot 0. */
  phase: z.boolean().default(true),
  head: uint16.default(0),
  tail: uint16.default(0),
});

/** Properties (registers) that belong to the state of a controller. */
const propertiesSchema = z.strictObject({
  /** CC, offset 14h. */
  cc: uint32,
  /** INTMS mask, offset 0Ch. */
  intms: uint32.default(0),
  /** AQA, offset 24h: ACQS in 27:16, ASQS in 11:0, both 0's based. */
  aqa: uint32,
  asq: hexadecimal64,
  acq: hexadecimal64,
});

const messageVectorSchema = z.strictObject({
  address: hexadecimal64,
  data: uint32,
  masked: z.boolean(),
});

const asynchronousEventSchema = z.strictObject({
  /** Asynchronous Event Type, 0-7. */
  type: z.number().int().min(0).max(7),
  information: uint8,
  logPage: uint8,
  /** Completion dword 1: the CDQID of a One-Shot event. */
  detail: uint16.optional(),
});

/**
 * What a running controller holds besides its configuration. Absent in a written-by-hand file: then a controller that
 * is in use starts with queues made from the fleet's seed, any other one starts disabled.
 */
export const liveStateSchema = z.strictObject({
  properties: propertiesSchema,
  /** Admin queue indexes. */
  admin: z.strictObject({
    submissionHead: uint16.default(0),
    submissionTail: uint16.default(0),
    completionHead: uint16.default(0),
    completionTail: uint16.default(0),
    phase: z.boolean().default(true),
  }),
  submissionQueues: z.array(submissionQueueSchema).default([]),
  completionQueues: z.array(completionQueueSchema).default([]),
  /**
   * Feature values that were set, by feature identifier in hexadecimal (`0x04`). Features with several values have a
   * selector above bit 8: `0x104` is the under temperature threshold, `0x209` interrupt vector 2.
   */
  features: z.record(z.string().regex(/^0x[0-9a-f]{2,8}$/), uint32).default({}),
  /** Host Identifier feature, 32 digits. */
  hostIdentifier: hexadecimalDigits(32),
  asynchronousEvents: z
    .strictObject({
      /** Outstanding Asynchronous Event Request commands. */
      outstanding: z.number().int().min(0).max(256).default(0),
      /** Their command identifiers as far as they are not the driver's own. */
      identifiers: z.array(uint16).max(256).default([]),
      pending: z.array(asynchronousEventSchema).default([]),
      /** Event types that are masked until the log page is read. */
      masked: z.array(z.number().int().min(0).max(7)).default([]),
    })
    .default({ outstanding: 0, identifiers: [], pending: [], masked: [] }),
  messageVectors: z.array(messageVectorSchema).default([]),
  /** NSIDs whose attributes changed since log page 04h was last read. */
  changedNamespaces: z.array(uint32).default([]),
  /** CSTS.CFS after a fatal error. */
  fatal: z.boolean().default(false),
  /** Timestamp feature at the time of writing, milliseconds since 1970; absent while it was never set. */
  timestamp: z.number().int().optional(),
  /** Suspended by Migration Send. */
  suspended: z.boolean().default(false),
  /** Set Controller State: bytes received so far of a sequence that is not complete; null when none runs. */
  incomingState: z.strictObject({ csvi: uint8, csuuidi: uint8, bytes: base64Bytes }).nullable().default(null),
});
export type LiveState = z.infer<typeof liveStateSchema>;
