import type { Fact } from '../findings.ts';
import { deviceOfPath, sysfsPlace } from '../wanted-files.ts';

type SysfsFact = Extract<Fact, { kind: 'sysfs' }>;

/** Attributes and links of a tree of sysfs, by where they stand in it. */
export class SysfsTree {
  readonly #facts: SysfsFact[] = [];
  /** PCI addresses of controllers, by their device: the path of a controller goes through its function. */
  readonly #addresses = new Map<string, string>();

  /** False: it is no attribute that is read. */
  addAttribute(file: string, text: string): boolean {
    return this.#add(file, attributeOf(text), file);
  }

  addLink(file: string, target: string): void {
    this.#add(file, `-> ${target}`, target);
  }

  facts(): readonly SysfsFact[] {
    const told = new Set(this.#facts.map(({ path }) => path));
    const addresses = [...this.#addresses].flatMap(([device, value]) => {
      const path = `/sys/class/nvme/${device}/address`;
      return told.has(path) ? [] : [{ kind: 'sysfs' as const, path, value }];
    });
    return [...this.#facts, ...addresses];
  }

  #add(file: string, value: string, leads: string): boolean {
    const path = sysfsPlace(file);
    if (path === null) return false;
    this.#facts.push({ kind: 'sysfs', path, value });
    const through = deviceOfPath(leads);
    if (through !== null) this.#addresses.set(through.device, through.address);
    return true;
  }
}

/** An archive pads each attribute with zeros to the size that sysfs gives all of them. */
function attributeOf(text: string): string {
  const [value = ''] = text.slice(0, 4096).split('\0', 1);
  return value.trimEnd();
}
