import { z } from 'zod';

const blocks = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** How far the user data of one device has come, and the queue in which its controller logs what changes. */
export const userDataQueueFactsSchema = z.object({
  /** Source secondary. */
  sourceId: z.string(),
  /** CDQID. */
  identifier: z.number().int().min(0).max(0xffff),
  /** Physical address of its memory, which tells it from any other one that had the same CDQID. */
  address: z.string().max(20),
  /** Entries of 32 bytes. */
  slots: z.number().int().min(2),
  /** Where the next entry is read, and the phase tag that it has. */
  head: z.number().int().min(0),
  phase: z.union([z.literal(0), z.literal(1)]),
  /** Entries of its log were read. */
  isBegun: z.boolean(),
  /** Most entries that waited in it at once, so far. */
  mostWaiting: z.number().int().min(0),
  /** Times that the log broke off, so that everything was copied again. */
  brokeOff: z.number().int().min(0),
  /**
   * What the destination may not have of what was read of the log so far: as ranges of blocks, joined where there are many.
   * What is in the queue behind `head` comes to it.
   */
  pending: z.array(
    z.object({
      nsid: z.number().int().min(1),
      ranges: z.array(z.tuple([blocks, blocks])),
    }),
  ),
});
export type UserDataQueueFacts = z.infer<typeof userDataQueueFactsSchema>;

/** How far the user data of a migrating guest has come. Bytes. */
export const userDataFactsSchema = z.object({
  /** Of all namespaces that are copied. */
  totalBytes: z.number().min(0),
  /** Sent so far; what changed is sent again. */
  sentBytes: z.number().min(0),
  /** Known to be missing at the destination. */
  leftBytes: z.number().min(0),
  queues: z.array(userDataQueueFactsSchema),
});
export type UserDataFacts = z.infer<typeof userDataFactsSchema>;

/** Ranges of one namespace that the journal holds. */
export const mostPendingRanges = 64;
