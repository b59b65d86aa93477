import { type CommandOutput, printed, refused } from '../command-output.ts';
import type { ConsoleHost } from '../console-host.ts';
import { readAttribute } from '../read-attribute.ts';
import type { HostProgram } from './program.ts';

interface PciView {
  readonly address: string;
  /** Four hexadecimal digits each. */
  readonly vendor: string;
  readonly device: string;
  readonly subsystem: string;
  readonly revision: string;
  readonly driver: string | null;
  readonly iommuGroup: string | null;
  /** Lines of the SR-IOV capability; empty without it. */
  readonly sriov: readonly string[];
}

/** `lspci [-D] [-n|-nn] [-k] [-v] [-s ADDRESS] [-d VENDOR:DEVICE]`: the NVMe functions of the host. */
export const lspciProgram: HostProgram = ({ args, host }) => {
  const letters = new Map<string, number>();
  const filters: { slot?: string; id?: string } = {};
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (!word.startsWith('-')) return unknown(word);
    for (let place = 1; place < word.length; place++) {
      const letter = word.charAt(place);
      if (letter === 's' || letter === 'd') {
        const value = word.slice(place + 1) || (args[++at] ?? '');
        filters[letter === 's' ? 'slot' : 'id'] = value.toLowerCase();
        break;
      }
      if (!'Dnkv'.includes(letter)) return unknown(`-${letter}`);
      letters.set(letter, (letters.get(letter) ?? 0) + 1);
    }
  }
  const all = (host.sysfs.list('/sys/bus/pci/devices') ?? []).map((address) => viewOf(host, address));
  const showsDomain = letters.has('D') || all.some(({ address }) => !address.startsWith('0000:'));
  const wanted = all.filter((view) => matchesSlot(view, filters.slot) && matchesId(view, filters.id));
  const detail = letters.get('v') ?? 0;
  const texts = wanted.map((view) => {
    const lines = [headline(view, letters.get('n') ?? 0, showsDomain, detail)];
    if (detail > 0) lines.push(...details(view, detail));
    if (detail > 0 || letters.has('k')) {
      if (view.driver !== null) lines.push(`\tKernel driver in use: ${view.driver}`);
      lines.push('\tKernel modules: nvme');
    }
    return `${lines.join('\n')}\n`;
  });
  return printed(texts.join(detail > 0 ? '\n' : ''));
};

function unknown(word: string): CommandOutput {
  const words = `lspci: invalid option ${word}\nIt knows -D, -n, -nn, -k, -v, -s ADDRESS and -d VENDOR:DEVICE`;
  return { ...refused(words), misunderstood: true };
}

function viewOf(host: ConsoleHost, address: string): PciView {
  const folder = `/sys/bus/pci/devices/${address}`;
  const read = (name: string) => readAttribute(host, `${folder}/${name}`);
  const hexadecimal = (name: string) => read(name).replace(/^0x/, '');
  const lastOf = (name: string) => host.sysfs.readLink(`${folder}/${name}`)?.split('/').at(-1) ?? null;
  const total = read('sriov_totalvfs');
  return {
    address,
    vendor: hexadecimal('vendor'),
    device: hexadecimal('device'),
    subsystem: `${hexadecimal('subsystem_vendor')}:${hexadecimal('subsystem_device')}`,
    revision: hexadecimal('revision'),
    driver: lastOf('driver'),
    iommuGroup: lastOf('iommu_group'),
    sriov:
      total === ''
        ? []
        : [
            '\tCapabilities: Single Root I/O Virtualization (SR-IOV)',
            `\t\tInitial VFs: ${total}, Total VFs: ${total}, Number of VFs: ${read('sriov_numvfs')}, Function Dependency Link: 00`,
            `\t\tVF offset: ${read('sriov_offset')}, stride: ${read('sriov_stride')}, Device ID: ${read('sriov_vf_device')}`,
          ],
  };
}

function headline(view: PciView, numbers: number, showsDomain: boolean, detail: number): string {
  const { vendor, device, revision } = view;
  const address = showsDomain ? view.address : view.address.replace(/^0000:/, '');
  const name = numbers === 1 ? '0108' : `Non-Volatile memory controller${numbers > 1 ? ' [0108]' : ''}`;
  const id = `${vendor}:${device}`;
  const what = numbers === 1 ? id : numbers > 1 ? `Device [${id}]` : `Device ${id}`;
  const revised = revision === '' || revision === '00' ? '' : ` (rev ${revision})`;
  const programming = detail === 0 ? '' : numbers === 1 ? ' (prog-if 02)' : ' (prog-if 02 [NVM Express])';
  return `${address} ${name}: ${what}${revised}${programming}`;
}

function details({ subsystem, iommuGroup, sriov }: PciView, detail: number): readonly string[] {
  return [
    `\tSubsystem: Device ${subsystem}`,
    ...(iommuGroup === null ? [] : [`\tIOMMU group: ${iommuGroup}`]),
    ...(detail > 1 ? sriov : sriov.slice(0, 1)),
  ];
}

/** `86:00.0`, `86:`, `0000:86:00`, `.0`: what is left out is not asked for. */
function matchesSlot({ address }: PciView, slot: string | undefined): boolean {
  if (slot === undefined) return true;
  const match = /^(?:(?:([0-9a-f]+):)?([0-9a-f]+):)?([0-9a-f]+)?(?:\.([0-7]))?$/.exec(slot);
  if (match === null) return false;
  const own = /^(.+):(.+):(.+)\.(.+)$/.exec(address) ?? [];
  return [1, 2, 3, 4].every((part) => {
    const asked = match[part];
    return asked === undefined || Number.parseInt(asked, 16) === Number.parseInt(own[part] ?? '', 16);
  });
}

/** `144d:a824`, `144d:`, `::0108` */
function matchesId({ vendor, device }: PciView, id: string | undefined): boolean {
  if (id === undefined) return true;
  const asked = id.split(':');
  const same = (value: string, wanted: string | undefined) =>
    wanted === undefined || wanted === '' || Number.parseInt(wanted, 16) === Number.parseInt(value, 16);
  return same(vendor, asked[0]) && same(device, asked[1]) && same('0108', asked[2]?.slice(0, 4));
}
