import { fail, type Result, succeed } from '#shared/result.ts';
import {
  barControls,
  barOffsets,
  barRegionOffset,
  barWindowOffset,
  type FunctionBar,
} from '../commands/migration/vendor/function-bar.ts';
import type { StateTransfer } from './state-transfer.ts';

/** CSTS and its bit CFS, which is 1 while a function is down. */
const fatalStatus = 2;
const statusProperty = 0x1c;

/**
 * The variant driver of a self-contained function: loads and stores in the function's own BAR. No admin command is sent,
 * so neither the controlling function nor its driver is needed.
 */
export class BarTransfer implements StateTransfer {
  readonly #bar: FunctionBar;
  readonly #address: string;

  constructor(bar: FunctionBar, address: string) {
    this.#bar = bar;
    this.#address = address;
  }

  async suspend(): Promise<Result<void>> {
    return this.#control('suspend');
  }

  async resume(): Promise<Result<void>> {
    return this.#control('resume');
  }

  async size(): Promise<Result<number>> {
    return succeed(this.#register(barOffsets.size));
  }

  async save(): Promise<Result<Uint8Array>> {
    const saved = this.#control('save');
    if (!saved.ok) return saved;
    // Whole dwords, as everything in the Controller State is.
    const image = new Uint8Array(this.#register(barOffsets.length));
    const view = new DataView(image.buffer);
    for (let at = 0; at < image.length; at += 4)
      view.setUint32(at, this.#bar.read32(barRegionOffset + barWindowOffset + at), true);
    return succeed(image);
  }

  async load(data: Uint8Array): Promise<Result<void>> {
    const padded = new Uint8Array(Math.ceil(data.length / 4) * 4);
    padded.set(data);
    const view = new DataView(padded.buffer);
    this.#bar.write32(barRegionOffset + barOffsets.length, data.length);
    if (this.#register(barOffsets.length) !== data.length)
      return this.#refuse('load', `${data.length} bytes are more than the window takes`);
    for (let at = 0; at < padded.length; at += 4)
      this.#bar.write32(barRegionOffset + barWindowOffset + at, view.getUint32(at, true));
    return this.#control('load');
  }

  #register(offset: number): number {
    return this.#bar.read32(barRegionOffset + offset);
  }

  #control(what: keyof typeof barControls): Result<void> {
    if ((this.#bar.read32(statusProperty) & fatalStatus) !== 0)
      return this.#refuse(what, 'the function is down (CSTS.CFS is 1)');
    this.#bar.write32(barRegionOffset + barOffsets.control, barControls[what]);
    const result = (this.#register(barOffsets.status) >>> 8) & 0xff;
    return result === 0 ? succeed(undefined) : this.#refuse(what, `result ${result}: ${this.#bar.reason}`);
  }

  #refuse(what: string, message: string): Result<never> {
    return fail('device-status', `${this.#address}: ${what} in the migration region: ${message}`, {
      object: this.#address,
      field: 'migration region',
      fix: 'Check that the function is online, and that the state is of the same device with as many queues',
    });
  }
}
