import { z } from 'zod';

const id = z.string().min(1).max(512);
const nsid = z.number().int().min(1).max(0xfffffffe);

/** A namespace whose contents are copied to one of another NVM subsystem. */
const copiedNamespaceSchema = z.object({
  /** NSIDs. */
  source: nsid,
  destination: nsid,
  /** Its size in logical blocks, and theirs in bytes. */
  blocks: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  blockSize: z.number().int().min(1),
  /** A device before this one has it too, and copies it; this one copies only what its own log says. */
  again: z.literal(true).optional(),
});
export type CopiedNamespace = z.infer<typeof copiedNamespaceSchema>;

/** The namespaces of one device that are copied. */
export const copiedDeviceSchema = z.object({
  sourceId: id,
  destinationId: id,
  namespaces: z.array(copiedNamespaceSchema).min(1).max(256),
});
export type CopiedDevice = z.infer<typeof copiedDeviceSchema>;

/** Bytes of all namespaces that are copied. */
export function copiedBytes(devices: readonly CopiedDevice[]): number {
  return devices
    .flatMap(({ namespaces }) => namespaces)
    .reduce((sum, { blocks, blockSize, again }) => sum + (again ? 0 : blocks * blockSize), 0);
}
