import type { StatusName } from '#shared/nvme/status.ts';
import { shownResources } from '../../../controller/exposed-answers.ts';
import type { SimulatedSecondary } from '../../../state/controller.ts';
import { loadState } from '../controller-state/load-state.ts';
import { saveState } from '../controller-state/save-state.ts';

/**
 * The state of a function as the devices older than the standard hand it out: opaque to the host, one piece, with a header
 * by which the other end knows its own kind. Little-endian.
 *
 * | Offset | Size | Field |
 * |---|---|---|
 * | 0 | 8 | magic, ASCII: `B22STATE` or `BARSTATE` |
 * | 8 | 4 | bytes of the whole image, header included |
 * | 12 | 2 | PCI device ID of the function |
 * | 14 | 2 | I/O queue pairs that the function has |
 * | 16 | 4 | isolation: bit 0 its queues, bit 1 its interrupt vectors are its own for ever |
 * | 20 | 12 | 0 |
 * | 32 | | the Controller State structure with its vendor part |
 */
export const imageHeaderLength = 32;

/** The image kinds; an image of one is never taken by the other. */
export const imageMagic = { 'vendor-2022': 'B22STATE', 'self-contained': 'BARSTATE' } as const;
export type ImageKind = keyof typeof imageMagic;

/** What a header says; the two ends of a migration compare everything but the length. */
export interface ImageHeader {
  readonly magic: string;
  readonly length: number;
  readonly deviceId: number;
  readonly queuePairs: number;
  readonly isolation: number;
}

/** Which of the resources of this function no other function can ever get. */
export function isolationOf({ part }: SimulatedSecondary): number {
  const { vq, vi } = part.primary.part;
  return (vq.isFlexible ? 0 : 1) | (vi.isFlexible ? 0 : 2);
}

export function saveImage(target: SimulatedSecondary, kind: ImageKind): Uint8Array {
  const state = saveState(target, { nvme: true, vendor: true });
  const image = new Uint8Array(imageHeaderLength + state.length);
  const view = new DataView(image.buffer);
  image.set(new TextEncoder().encode(imageMagic[kind]));
  view.setUint32(8, image.length, true);
  view.setUint16(12, target.pci.deviceId, true);
  view.setUint16(14, shownResources(target).ioQueuePairs, true);
  view.setUint32(16, isolationOf(target), true);
  image.set(state, imageHeaderLength);
  return image;
}

/** Undefined when the bytes are too few for a header. */
export function readImageHeader(image: Uint8Array): ImageHeader | undefined {
  if (image.length < imageHeaderLength) return undefined;
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  return {
    magic: new TextDecoder('latin1').decode(image.subarray(0, 8)),
    length: view.getUint32(8, true),
    deviceId: view.getUint16(12, true),
    queuePairs: view.getUint16(14, true),
    isolation: view.getUint32(16, true),
  };
}

/** Why a function does not take this image, in words; undefined when its header fits. */
export function imageMismatch(
  target: SimulatedSecondary,
  kind: ImageKind,
  image: Uint8Array,
): string | undefined {
  const header = readImageHeader(image);
  if (header === undefined) return `${image.length} bytes are not a header`;
  if (header.magic !== imageMagic[kind]) return `magic is not ${imageMagic[kind]}`;
  if (header.length !== image.length) return `${image.length} of ${header.length} bytes are there`;
  if (header.deviceId !== target.pci.deviceId)
    return `saved by device ID ${hexadecimal(header.deviceId)}, this one is ${hexadecimal(target.pci.deviceId)}`;
  if (header.queuePairs !== shownResources(target).ioQueuePairs)
    return `saved with ${header.queuePairs} I/O queue pairs, this function has ${shownResources(target).ioQueuePairs}`;
  if (header.isolation !== isolationOf(target))
    return `isolation was ${header.isolation}, here it is ${isolationOf(target)}`;
  return undefined;
}

/** Verifies and commits an image; nothing changes unless all of it fits. The status of the refusal, or undefined. */
export function loadImage(
  target: SimulatedSecondary,
  kind: ImageKind,
  image: Uint8Array,
): StatusName | undefined {
  if (imageMismatch(target, kind, image) !== undefined) return 'invalidField';
  return loadState(target, { csvi: 1, csuuidi: 1, bytes: image.slice(imageHeaderLength) });
}

function hexadecimal(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}
