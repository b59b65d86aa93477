import { z } from 'zod';

const id = z.string().min(1).max(1024);
const milliseconds = z.number().int().min(1).max(86_400_000);

/** What a migration link does from now on. */
export const linkStateSchema = z.discriminatedUnion('kind', [
  /** Share of its full speed, in (0, 1]. */
  z.object({ kind: z.literal('up'), share: z.number().gt(0).max(1) }),
  z.object({ kind: z.literal('down') }),
  /** Up and down in turn, beginning with up. */
  z.object({
    kind: z.literal('flapping'),
    upMilliseconds: milliseconds,
    downMilliseconds: milliseconds,
  }),
]);
export type LinkState = z.infer<typeof linkStateSchema>;

/** Something that happens to a simulated device, host or link at once. Ids are those of the fleet. */
export const deviceFaultSchema = z.discriminatedUnion('kind', [
  /** CSTS.CFS is 1 and nothing completes until a reset. */
  z.object({ kind: z.literal('controller-fatal'), controllerId: id }),
  /** Function level reset, even of a function that a virtual machine owns. */
  z.object({ kind: z.literal('function-reset'), controllerId: id }),
  /** The drive of a primary or plain controller loses power and comes back. */
  z.object({ kind: z.literal('drive-power-loss'), controllerId: id }),
  z.object({ kind: z.literal('host-power-loss'), hostId: id }),
  z.object({ kind: z.literal('remove-namespace'), namespaceId: id }),
  /** Another program allocates free flexible resources to the primary controller. */
  z.object({
    kind: z.literal('steal-resources'),
    controllerId: id,
    resource: z.enum(['vq', 'vi']),
    /** At most so many. */
    count: z.number().int().min(1).max(0xffff),
  }),
  z.object({ kind: z.literal('link'), hostId: id, state: linkStateSchema }),
]);
export type DeviceFault = z.infer<typeof deviceFaultSchema>;

/** A fault that happened: a command met it, or somebody let it happen. */
export const notedFaultSchema = z.object({
  /** Simulated milliseconds since the fleet began. */
  at: z.number().min(0),
  words: z.string(),
  /** Hosts that it happened on. */
  hostIds: z.array(z.string()),
});
export type NotedFault = z.infer<typeof notedFaultSchema>;
