import { XMLParser } from 'fast-xml-parser';
import { isRecord } from '#shared/bounds/is-record.ts';
import { Pacer, type Pieces } from '#shared/bounds/pieces.ts';
import { countWords } from '#shared/count-words.ts';
import { commandLineOf } from '../command-line-of.ts';
import type { Fact, OutputFinding } from '../findings.ts';
import type { OutputKind } from '../output-kind.ts';
import { driverLink, groupLink } from './sysfs-links.ts';

/** Characters of one document: the parser reads it in one piece, and a virtual machine takes some ten thousand. */
const longestDocument = 256 * 1024;

const root = /^(?:<\?xml\b|<!--|<(domain|device)(?=[\s>]))/;

type Node = Readonly<Record<string, unknown>>;

/** What `virsh dumpxml` and `virsh nodedev-dumpxml` print. */
export const libvirtOutput: OutputKind = {
  begins: (line) => root.test(line.slice(0, 100)) && !/^<!--(?!.*-->)/.test(line.slice(0, 400)),
  *end(lines, from): Pieces<number> {
    const pacer = new Pacer(2000);
    let name: string | undefined;
    for (let at = from; at < lines.length; at += 1) {
      yield* pacer.did();
      const line = lines[at] ?? '';
      if (at > from && commandLineOf(line) !== null) return at;
      name ??= /<(domain|device)(?=[\s>])/.exec(line.slice(0, 1000))?.[1];
      if (name !== undefined && line.includes(`</${name}>`)) return at + 1;
    }
    return lines.length;
  },
  // The parser cannot be interrupted, so its input is bounded instead.
  *read({ lines }) {
    const length = lines.reduce((sum, line) => sum + line.length + 1, 0);
    if (length > longestDocument)
      return unreadable(`It has more than ${longestDocument} characters, which no virtual machine takes`);
    const text = lines.join('\n');
    // Entities are never expanded, and libvirt writes no document type.
    if (/<!(?:DOCTYPE|ENTITY)/i.test(text))
      return unreadable('It declares a document type, which libvirt never does');
    const document = parsed(text);
    if (document === null) return unreadable('The XML is not complete; add all of it, to the last tag');
    const { domain, device } = document;
    if (isRecord(domain)) return domainFinding(domain);
    if (isRecord(device)) return deviceFinding(device);
    return null;
  },
};

function parsed(text: string): Node | null {
  try {
    const parser = new XMLParser({
      ...{
        ignoreAttributes: false,
        attributeNamePrefix: '@',
        parseTagValue: false,
        parseAttributeValue: false,
      },
      ...{ processEntities: false, htmlEntities: false, ignoreDeclaration: true },
    });
    const document: unknown = parser.parse(text, true);
    return isRecord(document) ? document : null;
  } catch {
    return null;
  }
}

function unreadable(why: string): OutputFinding {
  return {
    ...{ title: 'XML of libvirt', form: 'XML', device: null, holds: 'nothing that can be read', facts: [] },
    notes: [why],
  };
}

function domainFinding(domain: Node): OutputFinding {
  const name = textOf(domain.name).slice(0, 100);
  const devices = nodesIn(isRecord(domain.devices) ? domain.devices.hostdev : undefined);
  const disks = nodesIn(isRecord(domain.devices) ? domain.devices.disk : undefined);
  const addresses = [...devices, ...disks.filter((disk) => disk['@type'] === 'nvme')].flatMap(
    ({ source }) => {
      const address = isRecord(source) ? addressOf(source.address) : null;
      return address === null ? [] : [address];
    },
  );
  const facts: Fact[] = [
    {
      kind: 'machine',
      ...{ name, devices: addresses, vcpus: Number(/^\d{1,4}$/.exec(textOf(domain.vcpu))?.[0] ?? 0) },
      memoryBytes: memoryOf(domain.memory),
      running: domain['@id'] !== undefined,
    },
  ];
  return {
    ...{ title: 'virsh dumpxml', form: 'XML', device: null, facts, notes: [] },
    holds: `virtual machine ${name}, ${countWords(addresses.length, 'PCI function')}${addresses.length === 0 ? '' : `: ${addresses.join(', ')}`}`,
  };
}

function deviceFinding(device: Node): OutputFinding {
  const title = 'virsh nodedev-dumpxml';
  const capability = nodesIn(device.capability).find((one) => one['@type'] === 'pci');
  const address = capability === undefined ? null : addressOf(decimalAddress(capability));
  if (capability === undefined || address === null)
    return { title, form: 'XML', device: null, holds: 'no PCI function', facts: [], notes: [] };
  const links: Record<string, string> = {};
  const driver = isRecord(device.driver) ? textOf(device.driver.name) : '';
  if (/^[\w-]{1,40}$/.test(driver)) links.driver = driverLink(driver);
  const { iommuGroup } = capability;
  const group = isRecord(iommuGroup) ? textOf(iommuGroup['@number']) : '';
  if (/^\d{1,6}$/.test(group)) links.iommu_group = groupLink(group);
  const attributes: Record<string, string> = {};
  for (const [key, value] of [
    ['class', textOf(capability.class)],
    ['vendor', isRecord(capability.vendor) ? textOf(capability.vendor['@id']) : ''],
    ['device', isRecord(capability.product) ? textOf(capability.product['@id']) : ''],
  ] as const)
    if (/^0x[0-9a-f]{1,8}$/.test(value)) attributes[key] = value;
  for (const inner of nodesIn(capability.capability)) {
    const places = nodesIn(inner.address).flatMap((one) => addressOf(one) ?? []);
    if (inner['@type'] === 'virt_functions') {
      const most = textOf(inner['@maxCount']);
      attributes.sriov_totalvfs = /^\d{1,5}$/.test(most) ? most : String(places.length);
      attributes.sriov_numvfs = String(places.length);
      for (const [index, place] of places.entries()) links[`virtfn${index}`] = `../${place}`;
    } else if (inner['@type'] === 'phys_function' && places[0] !== undefined)
      links.physfn = `../${places[0]}`;
  }
  const virtual =
    attributes.sriov_totalvfs === undefined ? '' : `, ${attributes.sriov_totalvfs} virtual functions`;
  return {
    ...{ title, form: 'XML', device: null, holds: `PCI function ${address}${virtual}`, notes: [] },
    facts: [{ kind: 'function', address, attributes, links }],
  };
}

const nodesIn = (value: unknown): Node[] => (Array.isArray(value) ? value : [value]).filter(isRecord);
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.trim() : isRecord(value) ? textOf(value['#text']) : '';

/** `<address domain='0x0000' bus='0x86' slot='0x00' function='0x1'/>` as `0000:86:00.1`. */
function addressOf(value: unknown): string | null {
  if (!isRecord(value)) return null;
  const parts = ['@domain', '@bus', '@slot', '@function'].map((key) =>
    Number(textOf(value[key]) || Number.NaN),
  );
  const [domain = -1, bus = -1, slot = -1, fn = -1] = parts;
  const fits = [domain <= 0xffff, bus <= 0xff, slot <= 0x1f, fn <= 7];
  if (parts.some((part) => !Number.isInteger(part) || part < 0) || fits.includes(false)) return null;
  const hex = (number: number, digits: number) => number.toString(16).padStart(digits, '0');
  return `${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${fn}`;
}

/** A node device has its own address in elements, in decimal. */
function decimalAddress({ domain, bus, slot, function: fn }: Node): Node {
  return { '@domain': domain, '@bus': bus, '@slot': slot, '@function': fn };
}

/** libvirt counts in KiB where it says nothing else. */
function memoryOf(value: unknown): number {
  const units: Readonly<Record<string, number>> = {
    ...{ b: 1, bytes: 1, KB: 1000, k: 1024, KiB: 1024, MB: 1e6, M: 2 ** 20, MiB: 2 ** 20, GB: 1e9 },
    ...{ G: 2 ** 30, GiB: 2 ** 30, TB: 1e12, T: 2 ** 40, TiB: 2 ** 40 },
  };
  const unit = isRecord(value) ? textOf(value['@unit']) || 'KiB' : 'KiB';
  const bytes = Number(/^\d{1,15}$/.exec(textOf(value))?.[0] ?? 0) * (units[unit] ?? 1024);
  return Number.isSafeInteger(bytes) ? bytes : 0;
}
