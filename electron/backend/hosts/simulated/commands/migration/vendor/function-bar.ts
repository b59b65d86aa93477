import { statusCodes } from '#shared/nvme/status.ts';
import { shownResources } from '../../../controller/exposed-answers.ts';
import { controllerRegisters } from '../../../controller/registers.ts';
import type { SimulatedSecondary } from '../../../state/controller.ts';
import { imageMagic, imageMismatch, isolationOf, loadImage, saveImage } from './function-image.ts';

/**
 * BAR 0 of a self-contained function, 256 KiB. The guest sees the lower half, where the controller properties are as
 * NVMe Base 2.1, 3.1.4 has them. The upper half is the migration region; the VFIO driver maps it and hides it from the
 * guest. Offsets in the region, little-endian:
 *
 * | Offset | Size | Access | Field |
 * |---|---|---|---|
 * | 0 | 8 | read | magic `BARSTATE` |
 * | 8 | 4 | read | version of this layout, 1 |
 * | 12 | 2 | read | PCI device ID |
 * | 14 | 2 | read | I/O queue pairs that the function has |
 * | 16 | 4 | read | isolation, as in the header of an image |
 * | 20 | 4 | write | control: 1 suspend, 2 resume, 3 save, 4 load |
 * | 24 | 4 | read | status: bit 0 suspended, bits 15:8 result of the last control (0 done, 1 wrong state, 2 image refused) |
 * | 28 | 4 | read and write | bytes of the image in the window |
 * | 32 | 4 | read | bytes that a save would give now |
 * | 4096 | 126,976 | read and write | window: the image, see `function-image.ts` |
 */
export const barLength = 256 * 1024;
export const barRegionOffset = barLength / 2;
export const barWindowOffset = 4096;
const windowLength = barRegionOffset - barWindowOffset;

export const barOffsets = { magic: 0, version: 8, control: 20, status: 24, length: 28, size: 32 } as const;
export const barControls = { suspend: 1, resume: 2, save: 3, load: 4 } as const;

/** CSTS, offset 1Ch of the controller properties; all ones on a bus without an answer. */
const statusProperty = 0x1c;
const layoutVersion = 1;

/** The migration region and the properties of one function, as loads and stores reach them. Nothing else does. */
export class FunctionBar {
  readonly #controller: SimulatedSecondary;
  readonly #window = new Uint8Array(windowLength);
  #length = 0;
  #result = 0;
  #reason = '';

  constructor(controller: SimulatedSecondary) {
    this.#controller = controller;
  }

  /** Bytes that the guest is shown: everything below the migration region. */
  get guestLength(): number {
    return barRegionOffset;
  }

  /** What the last refused control was about; a real driver has only the result, a log has the rest. */
  get reason(): string {
    return this.#reason;
  }

  /** A load of 4 bytes. An offset without a register reads zero. */
  read32(offset: number): number {
    if (offset < barRegionOffset) return this.#property(offset);
    const at = offset - barRegionOffset;
    if (at >= barWindowOffset) return word(this.#window, at - barWindowOffset);
    const header = this.#header();
    return at + 4 <= header.length ? word(header, at) : 0;
  }

  /** A store of 4 bytes; what cannot be written keeps its value. */
  write32(offset: number, value: number): void {
    const at = offset - barRegionOffset;
    if (at >= barWindowOffset) new DataView(this.#window.buffer).setUint32(at - barWindowOffset, value, true);
    else if (at === barOffsets.length) this.#length = Math.min(value >>> 0, windowLength);
    else if (at === barOffsets.control) this.#control(value);
  }

  #property(offset: number): number {
    const { csts, cc, vs } = controllerRegisters(this.#controller);
    const values: Readonly<Record<number, bigint | undefined>> = { 8: vs, 20: cc, [statusProperty]: csts };
    return Number(values[offset] ?? 0n);
  }

  #header(): Uint8Array {
    const header = new Uint8Array(36);
    const view = new DataView(header.buffer);
    header.set(new TextEncoder().encode(imageMagic['self-contained']));
    view.setUint32(barOffsets.version, layoutVersion, true);
    view.setUint16(12, this.#controller.pci.deviceId, true);
    view.setUint16(14, shownResources(this.#controller).ioQueuePairs, true);
    view.setUint32(16, isolationOf(this.#controller), true);
    view.setUint32(barOffsets.status, (this.#result << 8) | (this.#controller.suspended ? 1 : 0), true);
    view.setUint32(barOffsets.length, this.#length, true);
    view.setUint32(barOffsets.size, saveImage(this.#controller, 'self-contained').length, true);
    return header;
  }

  #control(value: number): void {
    const controller = this.#controller;
    // What the guest did until now happened before the function obeys.
    for (const catchUp of controller.subsystem.activity) catchUp();
    const { result, reason } = this.#obey(value);
    this.#result = result;
    this.#reason = reason;
  }

  #obey(value: number): Outcome {
    const controller = this.#controller;
    if (controller.isOffline) return wrongState('the function is offline');
    const needsSuspended = value === barControls.save || value === barControls.load;
    if (needsSuspended && !controller.suspended) return wrongState('the function is not suspended');
    switch (value) {
      case barControls.suspend:
        controller.suspended = true;
        return done;
      case barControls.resume:
        controller.suspended = false;
        return done;
      case barControls.save:
        return this.#save();
      case barControls.load:
        return this.#load();
      default:
        return wrongState(`control ${value} is not known`);
    }
  }

  #save(): Outcome {
    const image = saveImage(this.#controller, 'self-contained');
    if (image.length > windowLength) return refused('the state is larger than the window');
    this.#window.fill(0);
    this.#window.set(image);
    this.#length = image.length;
    return done;
  }

  #load(): Outcome {
    const image = this.#window.slice(0, this.#length);
    const mismatch = imageMismatch(this.#controller, 'self-contained', image);
    if (mismatch !== undefined) return refused(mismatch);
    const status = loadImage(this.#controller, 'self-contained', image);
    return status === undefined ? done : refused(`the state does not fit (${statusCodes[status].name})`);
  }
}

interface Outcome {
  readonly result: number;
  /** Empty when it is done. */
  readonly reason: string;
}

const done: Outcome = { result: 0, reason: '' };
const wrongState = (reason: string): Outcome => ({ result: 1, reason });
const refused = (reason: string): Outcome => ({ result: 2, reason });

function word(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset, true);
}
