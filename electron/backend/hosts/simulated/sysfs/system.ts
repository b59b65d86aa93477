import { shorten } from '#shared/bounds/shorten.ts';
import { visibleText } from '#shared/visible-text.ts';
import { kernelError, kernelSuccess, type SimulatedKernelAnswer } from '../host/errno.ts';
import type { SimulatedKernel } from '../host/kernel.ts';
import { missingFunction } from '../host/missing-object.ts';
import { type NamespaceDevice, namespaceDevices, sharesNamespaces } from '../host/namespace-devices.ts';
import type { PciFunction } from '../host/pci-function.ts';
import { blockFolder } from './block-folder.ts';
import { deviceFolder, identityText } from './device-folder.ts';
import { functionFolder, whenTrue } from './function-folder.ts';
import {
  folder,
  folderOf,
  link,
  notSimulated,
  readable,
  type SysfsFolder,
  type SysfsNode,
  writable,
} from './node.ts';
import { devicePlace, functionPlace, isOnPci, linkTo, subsystemPlace, subsystemsPlace } from './places.ts';

/** Characters of what was written that a refusal repeats. */
const mostQuoted = 40;

const drivers = ['nvme', 'vfio-pci'] as const;

/** `/sys` of a simulated host, as far as NVMe and its PCI functions are concerned. */
export function systemFolder(kernel: SimulatedKernel): SysfsFolder {
  const onPci = () => [...kernel.functions.values()].filter((entry) => isOnPci(entry));
  const plain = () => onPci().filter(({ address }) => !address.includes('/'));
  return folder({
    ...notSimulated(['dev', 'firmware', 'fs', 'hypervisor', 'module', 'power']),
    block: () => blockLinks(kernel),
    bus: () =>
      folder({
        pci: () =>
          folder({
            devices: () =>
              folderOf(
                () => plain().map(({ address }) => address),
                (name) => {
                  const entry = kernel.functions.get(name);
                  return entry && isOnPci(entry)
                    ? link(linkTo(functionPlace(entry), 'bus/pci/devices'))
                    : undefined;
                },
              ),
            drivers: () =>
              folder(
                Object.fromEntries(drivers.map((driver) => [driver, () => driverFolder(kernel, driver)])),
              ),
            drivers_probe: () =>
              writable((text) => {
                const entry = functionNamed(kernel, text);
                return entry ? kernel.probeAny(entry) : noFunction(kernel, text);
              }),
            rescan: () => writable((text) => whenTrue(text, () => kernel.rescan())),
          }),
      }),
    class: () =>
      folder({
        nvme: () =>
          folderOf(
            () => devices(kernel).map(({ name }) => name),
            (name) => {
              const entry = kernel.byDeviceName(name);
              return entry ? link(linkTo(devicePlace(entry, name), 'class/nvme')) : undefined;
            },
          ),
        'nvme-subsystem': () =>
          folder(
            Object.fromEntries(
              [...kernel.subsystemNumbers().values()].map((number) => [
                `nvme-subsys${number}`,
                () => link(linkTo(subsystemPlace(number), 'class/nvme-subsystem')),
              ]),
            ),
          ),
        block: () => blockLinks(kernel),
      }),
    devices: () => placesFolder(kernel, 'devices'),
    kernel: () => folder({ iommu_groups: () => iommuGroups(onPci) }),
  });
}

interface Device {
  readonly name: string;
  readonly entry: PciFunction;
}

function devices(kernel: SimulatedKernel): readonly Device[] {
  return [...kernel.functions.values()]
    .flatMap((entry) => {
      const name = kernel.deviceName(entry);
      return name === null ? [] : [{ name, entry }];
    })
    .sort((left, right) => (left.entry.instance ?? 0) - (right.entry.instance ?? 0));
}

// Folders on the way to a function, a controller or a subsystem have nothing of their own.
function placesFolder(kernel: SimulatedKernel, at: string): SysfsFolder {
  const below = () => {
    const names = new Set<string>();
    for (const place of leaves(kernel))
      if (place.startsWith(`${at}/`)) names.add(place.slice(at.length + 1).split('/', 1)[0] ?? '');
    return names;
  };
  return folderOf(below, (name) => {
    const path = `${at}/${name}`;
    return leafAt(kernel, path) ?? (leadsSomewhere(kernel, path) ? placesFolder(kernel, path) : undefined);
  });
}

/** Ends with the first place: a host may have thousands, and those that hold the others come first. */
function leadsSomewhere(kernel: SimulatedKernel, path: string): boolean {
  for (const place of leaves(kernel)) if (place.startsWith(`${path}/`)) return true;
  return false;
}

function* leaves(kernel: SimulatedKernel): Generator<string> {
  for (const entry of kernel.functions.values()) yield functionPlace(entry);
  for (const number of kernel.subsystemNumbers().values()) yield subsystemPlace(number);
}

function leafAt(kernel: SimulatedKernel, path: string): SysfsNode | undefined {
  const name = path.split('/').at(-1) ?? '';
  const entry = kernel.functions.get(name);
  if (entry && functionPlace(entry) === path) {
    if (isOnPci(entry)) return functionFolder(kernel, entry);
    const device = kernel.deviceName(entry);
    return device === null ? undefined : deviceFolder(kernel, entry, device);
  }
  if (!path.startsWith(subsystemsPlace)) return undefined;
  for (const [nqn, number] of kernel.subsystemNumbers())
    if (subsystemPlace(number) === path) return subsystemFolder(kernel, nqn, number);
  return undefined;
}

function driverFolder(kernel: SimulatedKernel, driver: (typeof drivers)[number]): SysfsFolder {
  const place = `bus/pci/drivers/${driver}`;
  const bound = [...kernel.functions.values()].filter((entry) => entry.driver === driver && isOnPci(entry));
  const onFunction = (act: (entry: PciFunction) => SimulatedKernelAnswer) =>
    writable((text) => {
      const entry = functionNamed(kernel, text);
      return entry ? act(entry) : noFunction(kernel, text);
    });
  const onId = (act: (id: string) => SimulatedKernelAnswer) =>
    writable((text) => {
      const id = /^([0-9a-f]{1,4})\s+([0-9a-f]{1,4})\b/i.exec(text.trim());
      if (!id)
        return kernelError('EINVAL', {
          cause: `${driver} takes a vendor and a device ID in hexadecimal, and ${visibleText(shorten(text.trim(), mostQuoted))} was written`,
          fix: 'Write them with a blank between them: 144d a824',
        });
      // The nvme driver matches the class of every function here already.
      if (driver === 'nvme') return kernelSuccess;
      return act(`${id[1]?.toLowerCase().padStart(4, '0')} ${id[2]?.toLowerCase().padStart(4, '0')}`);
    });
  return folder({
    ...notSimulated(['module', 'uevent']),
    bind: () => onFunction((entry) => kernel.bind(entry, driver)),
    unbind: () => onFunction((entry) => kernel.unbind(entry, driver)),
    new_id: () => onId((id) => kernel.addVfioId(id)),
    remove_id: () => onId((id) => kernel.removeVfioId(id)),
    ...Object.fromEntries(
      bound.map((entry) => [entry.address, () => link(linkTo(functionPlace(entry), place))]),
    ),
  });
}

function functionNamed(kernel: SimulatedKernel, text: string): PciFunction | undefined {
  return kernel.functions.get(text.trim());
}

function noFunction(kernel: SimulatedKernel, text: string): SimulatedKernelAnswer {
  return kernelError('ENODEV', missingFunction(kernel, visibleText(shorten(text.trim(), mostQuoted))));
}

function iommuGroups(entries: () => readonly PciFunction[]): SysfsFolder {
  return folderOf(
    () => new Set(entries().flatMap(({ iommuGroup }) => (iommuGroup === null ? [] : [String(iommuGroup)]))),
    (name) => {
      const members = entries().filter(({ iommuGroup }) => String(iommuGroup) === name);
      if (members.length === 0) return undefined;
      const place = `kernel/iommu_groups/${name}/devices`;
      return folder({
        ...notSimulated(['reserved_regions', 'type']),
        devices: () =>
          folder(
            Object.fromEntries(
              members.map((entry) => [
                entry.address.split('/').at(-1) ?? '',
                () => link(linkTo(functionPlace(entry), place)),
              ]),
            ),
          ),
      });
    },
  );
}

function subsystemFolder(kernel: SimulatedKernel, nqn: string, number: number): SysfsFolder {
  const members = devices(kernel).filter(({ entry }) => entry.controller.subsystem.nqn === nqn);
  const place = subsystemPlace(number);
  const first = members[0]?.entry.controller;
  const text = (key: 'sn' | 'mn' | 'fr' | 'subnqn') =>
    readable(() => (first === undefined ? '' : identityText(first, key)));
  return folder({
    ...notSimulated(['iopolicy', 'power', 'uevent']),
    firmware_rev: () => text('fr'),
    model: () => text('mn'),
    serial: () => text('sn'),
    subsysnqn: () => text('subnqn'),
    subsystype: () => readable(() => 'nvm'),
    ...Object.fromEntries(
      members.map(({ name, entry }) => [name, () => link(linkTo(devicePlace(entry, name), place))]),
    ),
    ...Object.fromEntries(
      namespaceDevices(kernel)
        .filter((device) => device.subsystemNqn === nqn && first !== undefined && sharesNamespaces(first))
        .map((device) => [device.name, () => blockFolder(device)]),
    ),
  });
}

function blockLinks(kernel: SimulatedKernel): SysfsFolder {
  const places = new Map(devices(kernel).map(({ name, entry }) => [name, { name, entry }]));
  const placeOf = ({ name, subsystemNqn, controllers }: NamespaceDevice) => {
    const through = places.get(controllers[0] ?? '');
    return through === undefined || sharesNamespaces(through.entry.controller)
      ? `${subsystemPlace(kernel.subsystemNumbers().get(subsystemNqn) ?? 0)}/${name}`
      : `${devicePlace(through.entry, through.name)}/${name}`;
  };
  return folder(
    Object.fromEntries(
      namespaceDevices(kernel).map((device) => [device.name, () => link(linkTo(placeOf(device), 'block'))]),
    ),
  );
}
