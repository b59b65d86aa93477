import { type PciFunction, provisionedUuidOf } from '../host/pci-function.ts';

/** Whether a function is on the PCI bus, itself or below its parent there; a fabrics controller is not. */
export function isOnPci(entry: PciFunction): boolean {
  return entry.physicalFunction !== null || /^[0-9a-f]{4}:/i.test(entry.address);
}

/** The path by which people name a function: a link to its folder. */
export function functionPath(address: string): string {
  return `/sys/bus/pci/devices/${address}`;
}

/**
 * Folder of a function below `/sys`: `devices/pci0000:00/0000:00:00.1/0000:01:00.0`. Bridges are not simulated; each bus
 * has one, whose device and function number are made of that of the bus, as a place for the folder.
 */
export function functionPlace(entry: PciFunction): string {
  const { physicalFunction } = entry;
  if (provisionedUuidOf(entry) !== null && physicalFunction !== null)
    return `${functionPlace(physicalFunction)}/${entry.address.slice(physicalFunction.address.length + 1)}`;
  if (!isOnPci(entry)) return `devices/virtual/nvme-fabrics/ctl/${entry.address}`;
  const [domain = '', bus = ''] = (physicalFunction ?? entry).address.split(':');
  const number = Number.parseInt(bus, 16);
  const root = `devices/pci${domain}:00`;
  if (number === 0) return `${root}/${entry.address}`;
  const device = (number >> 3).toString(16).padStart(2, '0');
  return `${root}/${domain}:00:${device}.${number & 7}/${entry.address}`;
}

/** Folder of `nvmeN` below `/sys`. */
export function devicePlace(entry: PciFunction, name: string): string {
  const place = functionPlace(entry);
  return isOnPci(entry) ? `${place}/nvme/${name}` : place;
}

/** Folder of the NVM subsystems below `/sys`. */
export const subsystemsPlace = 'devices/virtual/nvme-subsystem';

/** Folder of `nvme-subsysN` below `/sys`. */
export function subsystemPlace(number: number): string {
  return `${subsystemsPlace}/nvme-subsys${number}`;
}

/** A link in a folder, both below `/sys`, as sysfs writes it: by the way that they do not share, and always by name. */
export function linkTo(target: string, folder: string): string {
  const to = target.split('/');
  const from = folder.split('/');
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared += 1;
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/');
}
