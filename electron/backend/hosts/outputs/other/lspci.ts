import { Pacer } from '#shared/bounds/pieces.ts';
import { countWords } from '#shared/count-words.ts';
import type { Fact } from '../findings.ts';
import { endOfLines, type OutputKind } from '../output-kind.ts';
import { unknownAttribute } from '../structures.ts';
import { driverLink, groupLink } from './sysfs-links.ts';

const functionLine =
  /^(?:([0-9a-f]{4}):)?([0-9a-f]{2}:[01][0-9a-f]\.[0-7]) (?:([A-Z][^[:]{2,60}?)(?: \[([0-9a-f]{4})\])?|([0-9a-f]{4})): (.{0,400})$/;
const nvmeClass = 'Non-Volatile memory controller';

/** What `lspci` prints, from `lspci -nn -k` to `lspci -vvv`. */
export const lspciOutput: OutputKind = {
  begins: (line) => functionLine.test(line.slice(0, 600)),
  end: (lines, from) =>
    endOfLines(lines, from, (line) => /^\s/.test(line) || functionLine.test(line.slice(0, 600))),
  *read({ lines }) {
    const pacer = new Pacer(500);
    const found: PciFunction[] = [];
    let current: PciFunction | null = null;
    let count = 0;
    for (const line of lines) {
      yield* pacer.did();
      const head = line.slice(0, 600);
      const match = functionLine.exec(head);
      if (match !== null) {
        count += 1;
        const [, domain = '0000', place = '', name, code, bare, rest = ''] = match;
        const isNvme = name === nvmeClass || (code ?? bare) === '0108';
        current = isNvme ? new PciFunction(`${domain}:${place}`, rest) : null;
        if (current !== null) found.push(current);
      } else current?.detail(head.trim());
    }
    const facts = found.map((one) => one.fact());
    const numbered = found.filter((one) => one.virtualFunctions !== null).length;
    return {
      ...{ title: 'lspci', form: 'text', device: null, facts, notes: notesOf(found) },
      holds: `${countWords(facts.length, 'NVMe function')} of ${countWords(count, 'function')}, ${numbered} with SR-IOV`,
    };
  },
};

function notesOf(found: readonly PciFunction[]): string[] {
  return found.some((one) => one.isDenied)
    ? ['The capabilities were not shown (access denied): run lspci as root to see SR-IOV']
    : [];
}

class PciFunction {
  readonly #address: string;
  readonly #attributes: Record<string, string> = { class: '0x010802' };
  readonly #links: Record<string, string> = {};
  #hasDetails = false;
  #hasCapabilities = false;
  #hasSriov = false;
  isDenied = false;
  virtualFunctions: number | null = null;

  constructor(address: string, rest: string) {
    this.#address = address;
    const ids = /\[([0-9a-f]{4}):([0-9a-f]{4})\]|^([0-9a-f]{4}):([0-9a-f]{4})\b/.exec(rest);
    const [vendor, device] = [ids?.[1] ?? ids?.[3], ids?.[2] ?? ids?.[4]];
    if (vendor !== undefined) this.#attributes.vendor = `0x${vendor}`;
    if (device !== undefined) this.#attributes.device = `0x${device}`;
  }

  detail(line: string): void {
    if (line === '') return;
    this.#hasDetails = true;
    if (/^Capabilities: <access denied>/.test(line)) this.isDenied = true;
    if (/^Capabilities: \[/.test(line)) this.#hasCapabilities = true;
    if (/Single Root I\/O Virtualization/.test(line)) this.#hasSriov = true;
    const driver = /^Kernel driver in use: ([\w-]{1,40})/.exec(line)?.[1];
    if (driver !== undefined) this.#links.driver = driverLink(driver);
    const group = /^IOMMU group: (\d{1,6})/.exec(line)?.[1];
    if (group !== undefined) this.#links.iommu_group = groupLink(group);
    const node = /^NUMA node: (\d{1,4})/.exec(line)?.[1];
    if (node !== undefined) this.#attributes.numa_node = node;
    const [, total, enabled] = /Total VFs: (\d{1,5}), Number of VFs: (\d{1,5})/.exec(line) ?? [];
    if (total !== undefined && enabled !== undefined) {
      this.virtualFunctions = Number(total);
      Object.assign(this.#attributes, { sriov_totalvfs: total, sriov_numvfs: enabled });
    }
    const [, offset, stride, device] =
      /^VF offset: (\d{1,5}), stride: (\d{1,5}), Device ID: ([0-9a-f]{4})/.exec(line) ?? [];
    if (offset !== undefined && stride !== undefined && device !== undefined)
      Object.assign(this.#attributes, {
        ...{ sriov_offset: offset, sriov_stride: stride, sriov_vf_device: device },
      });
  }

  fact(): Fact {
    // Without details nobody knows the driver; without the capabilities nobody knows SR-IOV.
    const knowsSriov = this.#hasCapabilities && (!this.#hasSriov || this.virtualFunctions !== null);
    const unknown = [this.#hasDetails ? '' : 'driver', knowsSriov ? '' : 'sriov'].filter((one) => one !== '');
    const marked = unknown.length === 0 ? {} : { [unknownAttribute]: unknown.join(' ') };
    return {
      ...{ kind: 'function', address: this.#address, links: this.#links },
      attributes: { ...this.#attributes, ...marked },
    };
  }
}
