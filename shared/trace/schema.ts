import { z } from 'zod';

const dword = z.number().int().min(0).max(0xffffffff);

/** One admin command as the tracing wrapper around an admin queue saw it. */
export const commandTraceEntrySchema = z.object({
  /** Counts up from 1 in one run of the program. */
  sequence: z.number().int().positive(),
  /** When submitted: milliseconds since the Unix epoch, or since the simulated fleet began. */
  at: z.number(),
  simulatedTime: z.boolean(),
  hostId: z.string(),
  /** `nvme1`, or a PCI address. */
  controller: z.string(),
  side: z.enum(['host', 'guest']),
  opcode: z.number().int().min(0).max(0xff),
  nsid: dword,
  /** CDW10-CDW15. */
  dwords: z.array(dword).length(6),
  /** Bytes of data in either direction. */
  dataLength: z.number().int().min(0),
  /** For example `Virtualization Management · Secondary Assign`. */
  name: z.string(),
  /** For example `CNTLID 0x0011 VQ NR 4`. */
  words: z.string(),
  outcome: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('completed'),
      success: z.boolean(),
      /** As Linux prints it, for example 0x4120; 0 on success. */
      status: z.number().int().min(0).max(0x7fff),
      /** For example `Successful · NRM 4` or `Invalid Secondary Controller State`. */
      statusWords: z.string(),
      dw0: dword,
    }),
    z.object({ kind: z.literal('no-completion'), message: z.string() }),
  ]),
  latencyMicroseconds: z.number().min(0),
});
export type CommandTraceEntry = z.infer<typeof commandTraceEntrySchema>;
