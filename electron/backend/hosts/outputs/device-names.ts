import { fleetSizes } from '#shared/bounds/sizes.ts';
import type { Fact } from './findings.ts';

type Structure = Extract<Fact, { kind: 'structure' }>;

interface KnownDevice {
  cntlid: number | null;
  serial: string;
  identified: boolean;
}

/** Finds out which controller device an output is of, where its command line does not say it. */
export class DeviceNames {
  readonly #devices = new Map<string, KnownDevice>();
  /** Below it no name is free. */
  #free = 0;

  /** A device that some output names, with what it says of it. */
  learn(
    device: string,
    { cntlid, serial }: { readonly cntlid?: number; readonly serial?: string } = {},
  ): void {
    const known = this.#devices.get(device) ?? { cntlid: null, serial: '', identified: false };
    known.cntlid ??= cntlid ?? null;
    known.serial ||= serial ?? '';
    this.#devices.set(device, known);
  }

  /** Whose Identify Controller is there already. */
  identified(device: string): void {
    const known = this.#devices.get(device);
    if (known !== undefined) known.identified = true;
  }

  /**
   * The device of a structure, or of what identifies a drive otherwise: by serial number and CNTLID, or because there is only one. `made`: no output names it, so it
   * gets the first name that is free; null: it could be of any of several, or is of one more than a host has.
   */
  find({ structure, cntlid, serial }: Pick<Structure, 'cntlid' | 'serial'> & Partial<Structure>): {
    readonly device: string;
    readonly made: boolean;
  } | null {
    const [exact, sure, fits] = [new Fitting(), new Fitting(), new Fitting()];
    for (const [device, known] of this.#devices) {
      if (structure === 'id-ctrl' && known.identified) continue;
      const sameSerial = serial !== undefined && known.serial === serial;
      const sameId = cntlid !== undefined && known.cntlid === cntlid;
      if (serial !== undefined && known.serial !== '' && !sameSerial) continue;
      if (cntlid !== undefined && known.cntlid !== null && !sameId) continue;
      fits.add(device);
      if (sameSerial || sameId) sure.add(device);
      if (sameId) exact.add(device);
    }
    const best = [exact, sure].find(({ count }) => count > 0) ?? fits;
    if (best.count === 1) return { device: best.first, made: false };
    const saysWhose = cntlid !== undefined || serial !== undefined;
    if (best.count > 1 || (this.#devices.size > 0 && !saysWhose)) return null;
    return this.#devices.size > fleetSizes.controllers ? null : { device: this.#freeName(), made: true };
  }

  #freeName(): string {
    while (this.#devices.has(`nvme${this.#free}`)) this.#free += 1;
    return `nvme${this.#free}`;
  }
}

/** Devices that an output may be of. */
class Fitting {
  first = '';
  count = 0;

  add(device: string): void {
    if (this.count === 0) this.first = device;
    this.count += 1;
  }
}
