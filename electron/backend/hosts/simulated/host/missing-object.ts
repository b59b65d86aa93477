import { virtualFunctionAddress } from '#shared/fleet-file/host/pci-address.ts';
import type { Refusal } from '../../refusal.ts';
import { listed } from '../refusals/refused-command.ts';
import { isPrimary } from '../state/controller.ts';
import { functionPath } from '../sysfs/places.ts';
import type { SimulatedKernel } from './kernel.ts';
import { noSriov, noSriovDriver } from './kernel-refusals.ts';
import { namespaceDevices } from './namespace-devices.ts';
import { isPhysical, type PciFunction } from './pci-function.ts';

/** The functions of a host, and what it calls them. */
interface Functions {
  readonly functions: ReadonlyMap<string, PciFunction>;
  deviceName(entry: PciFunction): string | null;
}

/** Names are longer than numbers. */
const mostListed = 6;

/** A PCI function that the host does not have. */
export function missingFunction({ functions }: Functions, address: string): Refusal {
  for (const entry of functions.values()) {
    if (!isPhysical(entry) || entry.sriov === null || !isPrimary(entry.controller)) continue;
    const { numVfs } = entry.controller.part;
    for (let vfn = numVfs + 1; vfn <= entry.sriov.totalVfs; vfn++)
      if (virtualFunctionAddress(entry.address, entry.sriov, vfn) === address) {
        return {
          cause: `${address} is VF ${vfn} of ${entry.address}, which is not enabled: sriov_numvfs is ${numVfs}`,
          ...enabling(entry, numVfs, vfn),
        };
      }
  }
  return {
    cause: `This host has no NVMe function ${address}; it has ${listed(functions.keys(), mostListed)}`,
    fix: 'Give one of them, with its domain: 0000:01:00.0',
    lines: [],
  };
}

/** How a physical function gets at least so many virtual functions, with the driver that this needs. */
function enabling(entry: PciFunction, numVfs: number, least: number): Pick<Refusal, 'fix' | 'lines'> {
  if (numVfs > 0)
    return { fix: `Write 0, which removes those that there are, and then at least ${least}`, lines: [] };
  const hasDriver = entry.driver === 'nvme';
  const before = hasDriver ? [] : noSriovDriver(entry).lines;
  const isReady = hasDriver || before.length > 0;
  return {
    fix: `${hasDriver ? 'Write' : `Bind ${entry.address} to nvme, and write`} at least ${least} to its sriov_numvfs`,
    lines: isReady ? [...before, `echo ${least} > ${functionPath(entry.address)}/sriov_numvfs`] : [],
  };
}

/** `/dev/nvme5`, or `nvme5` somewhere in sysfs, that the host does not have. */
export function missingDevice(host: Functions, name: string): Refusal {
  const names = [...host.functions.values()].map((entry) => ({ entry, device: host.deviceName(entry) }));
  const devices = names.flatMap(({ device }) => (device === null ? [] : [device])).sort();
  const without = names.filter(({ device }) => device === null).map(({ entry }) => entry);
  const others = without.map(({ address, driver }) => `${address} (${driver ?? 'no driver'})`);
  return {
    cause: `This host has no ${name.replace(/^\/dev\//, '')}; it has ${listed(devices, mostListed)}${others.length === 0 ? '' : `, and functions without a device: ${listed(others, mostListed)}`}`,
    fix:
      others.length === 0
        ? 'Give one of its devices: nvme list -v shows them'
        : 'Give one of its devices, or bind the function to nvme; a virtual function needs its controller online for that',
    lines: [],
  };
}

/** `nvme0n7`: a block device that the host does not have. */
export function missingBlock(kernel: SimulatedKernel, name: string): Refusal {
  const block = name.replace(/^\/dev\//, '');
  const controller = block.replace(/n\d+$/, '');
  const devices = namespaceDevices(kernel);
  const entry = kernel.byDeviceName(controller);
  if (entry === undefined && !devices.some((each) => each.name.startsWith(`${controller}n`)))
    return missingDevice(kernel, controller);
  const known = listed(
    devices.map((each) => `${each.name} (namespace ${each.nsid})`),
    mostListed,
  );
  const attached = entry === undefined ? [] : entry.controller.subsystem.attachedTo(entry.controller.cntlid);
  return {
    cause: `This host has no block device ${block}; it has ${known}${entry === undefined ? '' : `, and ${controller} has ${attached.length === 0 ? 'no namespaces' : `namespaces ${listed(attached, mostListed)}`} attached`}`,
    fix: `Give one of them; a namespace gets a block device when it is attached: nvme list-ns /dev/${controller} --all shows all`,
    lines: [],
  };
}

/** Something in sysfs that is not there. */
export function missingFile(host: SimulatedKernel, path: string): Refusal {
  const address = /[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]/gi.exec(path)?.[0]?.toLowerCase();
  const entry = address === undefined ? undefined : host.functions.get(address);
  if (address !== undefined && entry === undefined) return missingFunction(host, address);
  const block = /\/(nvme\d+n\d+)(?:\/|$)/.exec(path)?.[1];
  if (block !== undefined && !namespaceDevices(host).some((each) => each.name === block))
    return missingBlock(host, block);
  const device = /\/(nvme\d+)(?:n\d+)?(?:\/|$)/.exec(path)?.[1];
  if (device !== undefined && ![...host.functions.values()].some((each) => host.deviceName(each) === device))
    return missingDevice(host, device);
  const name = path.split('/').at(-1) ?? '';
  const folder = path.slice(0, path.length - name.length - 1);
  const ofDevice = [...host.functions.values()].find(
    (each) => device !== undefined && host.deviceName(each) === device,
  );
  const subject = entry ?? ofDevice;
  if (subject !== undefined && name.startsWith('sriov_') && (!isPhysical(subject) || subject.sriov === null))
    return noSriov(subject);
  const virtual = /\/virtfn(\d+)(?:\/|$)/.exec(path)?.[1];
  if (subject !== undefined && virtual !== undefined && isPrimary(subject.controller)) {
    const { numVfs } = subject.controller.part;
    const least = Number(virtual) + 1;
    return {
      cause: `${subject.address} has no virtfn${virtual}: sriov_numvfs is ${numVfs}, and virtfn0 is VF 1`,
      ...enabling(subject, numVfs, least),
    };
  }
  if (subject !== undefined && name === 'unbind' && path.endsWith('/driver/unbind'))
    return { cause: `${subject.address} is not bound to a driver`, fix: 'Leave the step out', lines: [] };
  return {
    cause: `There is no ${name} in ${folder}`,
    fix: `Look at what there is: ls ${folder}`,
    lines: [],
  };
}
