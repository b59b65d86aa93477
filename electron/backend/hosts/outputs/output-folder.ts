import { largestOutputs } from '#shared/bounds/sizes.ts';
import { decodeText } from '../../files/decode-text.ts';
import { inTurns } from '../../in-turns.ts';
import type { CaptureStorage, FileTree } from '../capture/storage/capture-storage.ts';
import type { Fact } from './findings.ts';
import { type RecognisedText, recogniseText } from './recognise-text.ts';

/** Files that are read, names that are looked at, and levels that are gone down. */
const most = { files: 5000, names: 100_000, entries: 20_000, depth: 16 } as const;
/** Bytes of a file in such a folder: outputs are small, and logs would keep everything else waiting. */
const largestInFolder = 4 * 1024 * 1024;

/** What of a sos report concerns drives, functions and virtual machines; the rest is large and says nothing of them. */
const ofReport =
  /(?:^|\/)(?:sos_commands\/(?:nvme|pci|libvirt|virsh|kvm|kernel|host|proxmox)\/|uname$|hostname$|sys\/)/;

/** Attributes of a PCI function and of a controller that are read of a sysfs tree. */
const functionAttribute =
  /(?:^|\/)sys\/(?:devices\/(?:.*\/)?|bus\/pci\/devices\/)([0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7])\/(vendor|device|class|numa_node|driver_override|sriov_\w{3,20}|driver|iommu_group|physfn|virtfn\d{1,5})$/;
const deviceAttribute =
  /(?:^|\/)sys\/(?:devices\/.*\/nvme|class\/nvme)\/(nvme\d{1,6})\/((?:nvme\d{1,6}(?:c\d{1,6})?n\d{1,10}\/)?(?:address|cntlid|cntrltype|firmware_rev|model|queue_count|serial|state|subsysnqn|transport|nsid|size|uuid|nguid|eui|queue\/logical_block_size))$/;
const subsystemAttribute =
  /(?:^|\/)sys\/(?:devices\/.*|class)\/nvme-subsystem\/(nvme-subsys\d{1,6})\/(subsysnqn)$/;

/**
 * The outputs in a folder or an archive: loose files, a sos report, a tree of sysfs. Files are known by their content, those
 * of sysfs by their place, which is all that they have.
 */
export async function recogniseTree({ name, storage, linkTarget }: FileTree): Promise<RecognisedText[]> {
  const { files, links } = await filesBelow(storage);
  const isReport = files.some((file) => /(?:^|\/)sos_commands\//.test(file));
  const recognised: RecognisedText[] = [];
  const sysfs: Fact[] = [];
  let [count, bytes] = [0, 0];
  for (const file of links) {
    const place = sysfsPlace(file);
    const target = place === null ? null : await linkTarget(file);
    if (place !== null && target !== null) sysfs.push({ kind: 'sysfs', path: place, value: `-> ${target}` });
  }
  for (const file of files) {
    if (isReport && !ofReport.test(file)) continue;
    const place = sysfsPlace(file);
    if (place === null && /(?:^|\/)sys\/(?:devices|class|bus|module|kernel)\//.test(file)) continue;
    if (count >= most.files || bytes > largestOutputs) break;
    count += 1;
    const read = await storage.read(file, true);
    if (!read.ok || read.value.length > largestInFolder) continue;
    bytes += read.value.length;
    const text = await inTurns(decodeText(read.value));
    if (place !== null) sysfs.push({ kind: 'sysfs', path: place, value: attributeOf(text) });
    else recognised.push(await inTurns(recogniseText(text, file)));
  }
  const report = files.map(
    (file) =>
      /^(?:.*\/)?sosreport-([A-Za-z0-9][\w.-]{0,62}?)-(?:\d{4}-\d\d-\d\d|\d{5,14})(?=[-/])/.exec(
        `${name}/${file}`,
      )?.[1],
  );
  const host = report.find((known) => known !== undefined) ?? null;
  const tree = sysfs.length === 0 ? [] : [treeOf(sysfs)];
  return [...recognised, ...tree, { findings: [], host, unknownLines: 0 }].filter(
    ({ findings, host: named }) => findings.length > 0 || named !== null,
  );
}

/** An archive pads each attribute with zeros to the size that sysfs gives all of them. */
function attributeOf(text: string): string {
  const [value = ''] = text.slice(0, 4096).split('\0', 1);
  return value.trimEnd();
}

function treeOf(facts: readonly Fact[]): RecognisedText {
  const holds = `${facts.length} attributes and links`;
  const finding = { title: 'sysfs tree', form: 'files' as const, device: null, holds, facts, notes: [] };
  return { findings: [{ ...finding, file: 'sys', line: 1 }], host: null, unknownLines: 0 };
}

/** Where an attribute of a tree is on the host, by the short way through class or bus; null for all others. */
function sysfsPlace(file: string): string | null {
  const [, address, attribute] = functionAttribute.exec(file) ?? [];
  if (address !== undefined) return `/sys/bus/pci/devices/${address}/${attribute}`;
  const [, device, name] = deviceAttribute.exec(file) ?? [];
  if (device !== undefined) return `/sys/class/nvme/${device}/${name}`;
  const [, subsystem, nqn] = subsystemAttribute.exec(file) ?? [];
  return subsystem === undefined ? null : `/sys/class/nvme-subsystem/${subsystem}/${nqn}`;
}

/** Paths below a folder, in the order of their names; links are not followed. */
async function filesBelow(storage: CaptureStorage): Promise<{ files: string[]; links: string[] }> {
  const files: string[] = [];
  const links: string[] = [];
  const open: { readonly folder: string; readonly depth: number }[] = [{ folder: '.', depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const listed = await storage.list(next.folder, most.entries);
    const entries = listed.ok ? [...listed.value.entries] : [];
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { name, isFolder, isFile } of entries) {
      if (files.length + links.length >= most.names) return { files, links };
      const file = next.folder === '.' ? name : `${next.folder}/${name}`;
      if (isFile) files.push(file);
      else if (!isFolder) links.push(file);
      else if (next.depth < most.depth) open.push({ folder: file, depth: next.depth + 1 });
    }
  }
  return { files, links };
}
