import { Pacer, type Pieces } from '#shared/bounds/pieces.ts';
import type { NamespaceRow } from './findings.ts';

/** Folders of a sysfs dump and what is in them. */
type Folders = Map<string, Map<string, string>>;

const linesOfPiece = 5000;

/** Where everything of a synthetic capture stands. */
export const recordedSnapshot = 'recorded';

/**
 * What outputs say, in the files of a capture: one form for everything that can be opened, so that all of it is read one
 * way. What nobody said is in no file.
 */
export class RecordedFacts {
  readonly #functions: Folders = new Map();
  readonly #devices: Folders = new Map();
  readonly #subsystems: Folders = new Map();
  readonly #files = new Map<string, string>();

  /** Attributes and links of a PCI function; a link's value begins with `-> `. What is there already stays. */
  addFunction(address: string, values: Readonly<Record<string, string>>): void {
    fill(this.#functions, address, values);
  }

  /** Attributes of a controller; what is there already stays. Answers the attributes that say something else. */
  addDevice(device: string, values: Readonly<Record<string, string>>): string[] {
    return fill(this.#devices, device, values);
  }

  addNamespaces(device: string, namespaces: readonly NamespaceRow[]): void {
    for (const { nsid, disk, sizeBytes, blockSize } of namespaces) {
      const at = disk === '' ? `${device}n${nsid}` : disk;
      fill(this.#devices, device, {
        [`${at}/nsid`]: String(nsid),
        ...(sizeBytes === null ? {} : { [`${at}/size`]: String(Math.floor(sizeBytes / 512)) }),
        ...(blockSize === null ? {} : { [`${at}/queue/logical_block_size`]: String(blockSize) }),
      });
    }
  }

  addSubsystem(name: string, nqn: string): void {
    fill(this.#subsystems, name, { subsysnqn: nqn });
  }

  /** A line of a sysfs dump; it comes from the kernel itself, so it replaces what a tool made of it. */
  addSysfs(path: string, value: string): void {
    const [, root, folder, name] =
      /^\/sys\/(bus\/pci\/devices|class\/nvme(?:-subsystem)?)\/([^/]+)(?:\/(.+))?$/.exec(path) ?? [];
    if (root === undefined || folder === undefined) return;
    const folders =
      root === 'class/nvme' ? this.#devices : root === 'bus/pci/devices' ? this.#functions : this.#subsystems;
    const entry = folders.get(folder) ?? new Map<string, string>();
    folders.set(folder, entry);
    if (name !== undefined) entry.set(name, value);
  }

  addFile(file: string, text: string): void {
    this.#files.set(`${recordedSnapshot}/${file}`, text);
  }

  hasFile(file: string): boolean {
    return this.#files.has(`${recordedSnapshot}/${file}`);
  }

  addKernel(host: string, kernel: string): void {
    this.#files.set('versions/uname.txt', `Linux ${host} ${kernel}\n`);
  }

  functions(): ReadonlyMap<string, ReadonlyMap<string, string>> {
    return this.#functions;
  }

  devices(): ReadonlyMap<string, ReadonlyMap<string, string>> {
    return this.#devices;
  }

  /** The files by their path in the capture. */
  *files(): Pieces<ReadonlyMap<string, string>> {
    const files = new Map(this.#files);
    const dumps: readonly [string, readonly [string, Folders][]][] = [
      ['sysfs-pci.tsv', [['/sys/bus/pci/devices', this.#functions]]],
      [
        'sysfs-nvme.tsv',
        [
          ['/sys/class/nvme', this.#devices],
          ['/sys/class/nvme-subsystem', this.#subsystems],
        ],
      ],
    ];
    const pacer = new Pacer(linesOfPiece);
    for (const [file, parts] of dumps) {
      const lines: string[] = [];
      for (const [root, folders] of parts)
        for (const [folder, entry] of folders)
          for (const [name, value] of entry) {
            lines.push(`${root}/${folder}/${name}\t${value}\n`);
            yield* pacer.did();
          }
      if (lines.length > 0) files.set(`${recordedSnapshot}/${file}`, lines.join(''));
    }
    return files;
  }
}

function fill(folders: Folders, folder: string, values: Readonly<Record<string, string>>): string[] {
  const entry = folders.get(folder) ?? new Map<string, string>();
  folders.set(folder, entry);
  const contradicted: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    // A line of a dump has one value.
    const clean = value.replaceAll(/[\t\n\r]/g, ' ').trim();
    const known = entry.get(name);
    if (clean === '') continue;
    if (known === undefined) entry.set(name, clean);
    else if (known !== clean) contradicted.push(name);
  }
  return contradicted;
}
