import type { ExposedStructure } from '../../nvme/layouts/proposal/virtual-subsystem-capabilities.ts';
import { type ExposedCapability, structureOf } from './exposed-capability.ts';
import { narrow, readLittleEndian } from './narrow.ts';

/*
 * What the entries of a mask that name no structure of the specification mean. The simulated device and the prediction
 * of its answers both use these functions, so that a prediction is exact.
 */

type Mask = readonly ExposedCapability[];

/** Most I/O queue pairs and interrupt vectors that the mask leaves of what a controller has. */
export function narrowedResources(
  mask: Mask,
  offered: { readonly ioQueuePairs: number; readonly interruptVectors: number },
): { readonly ioQueuePairs: number; readonly interruptVectors: number } {
  const bytes = new Uint8Array(4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.min(0xffff, offered.ioQueuePairs), true);
  view.setUint16(2, Math.min(0xffff, offered.interruptVectors), true);
  const left = new DataView(narrow(bytes, mask, 'resources').buffer);
  return { ioQueuePairs: left.getUint16(0, true), interruptVectors: left.getUint16(2, true) };
}

/** CAP as the mask leaves it. */
export function narrowedCap(mask: Mask, cap: bigint): bigint {
  if (!mask.some((entry) => structureOf(entry) === 'properties')) return cap;
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, cap, true);
  return readLittleEndian(narrow(bytes, mask, 'properties'), 0, 8);
}

/** Whether the mask takes this log page or this feature (0 to 255) away. */
export function isMaskedOut(mask: Mask, structure: 'log-pages' | 'features', identifier: number): boolean {
  return !isKept(mask, structure, identifier);
}

/**
 * Identify Namespace (4,096 bytes) with the LBA formats that the mask leaves. A hidden format reads as zero, which means
 * that it is not available (NVM Command Set 1.1, 4.1.5.1), and NLBAF ends at the last one that is left. The format in
 * use is never hidden.
 */
export function narrowedFormats(mask: Mask, identifyNamespace: Uint8Array): Uint8Array {
  if (!mask.some((entry) => structureOf(entry) === 'lba-formats')) return identifyNamespace;
  const bytes = identifyNamespace.slice();
  const nlbaf = bytes[25] ?? 0;
  const nulbaf = bytes[82] ?? 0;
  const inUse = formatInUse(bytes);
  // An inactive namespace answers with zeroes, which show no format.
  const isActive = bytes.some((byte) => byte !== 0);
  if (!isActive) return bytes;
  let last = 0;
  for (let index = 0; index <= Math.min(63, nlbaf + nulbaf); index++) {
    const keep = index === inUse || isKept(mask, 'lba-formats', index);
    if (keep && index <= nlbaf) last = index;
    if (!keep) bytes.fill(0, 128 + index * 4, 132 + index * 4);
  }
  // Formats with unique attributes follow those that NLBAF counts; their places must not move.
  if (nulbaf === 0) bytes[25] = last;
  return bytes;
}

/** Index of the LBA format in use: FLBAS bits 3:0, and bits 6:5 above them. */
export function formatInUse(identifyNamespace: Uint8Array): number {
  const flbas = identifyNamespace[26] ?? 0;
  return (flbas & 0x0f) | ((flbas & 0x60) >> 1);
}

function isKept(mask: Mask, structure: ExposedStructure, bit: number): boolean {
  const byte = bit >> 3;
  return mask.every((entry) => {
    if (structureOf(entry) !== structure) return true;
    if (byte < entry.offset || byte >= entry.offset + entry.size) return true;
    return ((BigInt(entry.value) >> BigInt(bit - entry.offset * 8)) & 1n) === 1n;
  });
}
