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
   * The device of a structure: by serial number and CNTLID, or because there is only one. `made`: no output names it, so it
   * gets the first name that is free; null: it could be of any of several.
   */
  find({ structure, cntlid, serial }: Structure): { readonly device: string; readonly made: boolean } | null {
    const all = [...this.#devices];
    const open = structure === 'id-ctrl' ? all.filter(([, { identified }]) => !identified) : all;
    const fits = open.filter(
      ([, known]) =>
        (serial === undefined || known.serial === '' || known.serial === serial) &&
        (cntlid === undefined || known.cntlid === null || known.cntlid === cntlid),
    );
    const sure = fits.filter(
      ([, known]) =>
        (serial !== undefined && known.serial === serial) ||
        (cntlid !== undefined && known.cntlid === cntlid),
    );
    const exact = sure.filter(([, known]) => cntlid !== undefined && known.cntlid === cntlid);
    const best = exact.length > 0 ? exact : sure.length > 0 ? sure : fits;
    const [only] = best;
    if (only !== undefined && best.length === 1) return { device: only[0], made: false };
    const saysWhose = cntlid !== undefined || serial !== undefined;
    if (best.length > 1 || (all.length > 0 && !saysWhose)) return null;
    return { device: this.#freeName(), made: true };
  }

  #freeName(): string {
    for (let instance = 0; ; instance += 1)
      if (!this.#devices.has(`nvme${instance}`)) return `nvme${instance}`;
  }
}
