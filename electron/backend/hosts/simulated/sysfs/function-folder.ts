import { shorten } from '#shared/bounds/shorten.ts';
import { visibleText } from '#shared/visible-text.ts';
import { kernelError, kernelSuccess, type SimulatedKernelAnswer } from '../host/errno.ts';
import type { SimulatedKernel } from '../host/kernel.ts';
import {
  isPhysical,
  type PciFunction,
  type PhysicalFunction,
  provisionedUuidOf,
} from '../host/pci-function.ts';
import { provisionedFunctionsOf } from '../host/provisioned-functions.ts';
import { isPrimary } from '../state/controller.ts';
import { deviceFolder } from './device-folder.ts';
import { folder, link, notSimulated, readable, type SysfsFolder, type SysfsNode, writable } from './node.ts';
import { functionPlace, linkTo } from './places.ts';

/** Files of a PCI function that Linux has and the simulation has not. */
const beyond = notSimulated([
  ...['aer_dev_correctable', 'aer_dev_fatal', 'aer_dev_nonfatal', 'ari_enabled', 'broken_parity_status'],
  ...['config', 'consistent_dma_mask_bits', 'current_link_speed', 'current_link_width', 'd3cold_allowed'],
  ...['dma_mask_bits', 'firmware_node', 'iommu', 'irq', 'link', 'local_cpulist', 'local_cpus'],
  ...['max_link_speed', 'max_link_width', 'msi_bus', 'msi_irqs', 'power', 'power_state', 'resource', 'rom'],
  ...['sriov_vf_msix_count', 'uevent', 'vfio-dev', 'vpd'],
  ...[0, 1, 2, 3, 4, 5].flatMap((bar) => [`resource${bar}`, `resource${bar}_wc`]),
]);

/** Non-Volatile memory controller, NVM Express (PCI Code and ID Assignment, 1.4: 01h, 08h, 02h). */
const nvmeClass = '0x010802';

/** Characters of what was written that a refusal repeats. */
const mostQuoted = 40;

/** Folder of a PCI function or of a provisioned one: what can be read of it and written to it. */
export function functionFolder(kernel: SimulatedKernel, entry: PciFunction): SysfsFolder {
  const place = functionPlace(entry);
  const common = {
    ...beyond,
    driver: entry.driver === null ? undefined : () => link(linkTo(`bus/pci/drivers/${entry.driver}`, place)),
    iommu_group:
      entry.iommuGroup === null
        ? undefined
        : () => link(linkTo(`kernel/iommu_groups/${entry.iommuGroup}`, place)),
    reset: () => writable((text) => reset(kernel, entry, text)),
  };
  if (provisionedUuidOf(entry) !== null) return folder(common);
  const device = kernel.deviceName(entry);
  const { physicalFunction } = entry;
  return folder({
    ...common,
    ...identifiers(entry),
    subsystem: () => link(linkTo('bus/pci', place)),
    enable: () => readable(() => (entry.driver === null ? '0' : '1')),
    numa_node: () => readable(() => '-1'),
    driver_override: () =>
      writable(
        (text) => {
          entry.driverOverride = text.trim() === '' ? null : text.trim();
          return kernelSuccess;
        },
        () => entry.driverOverride ?? '(null)',
      ),
    reset_method: () => readable(() => (isPhysical(entry) ? 'flr bus' : 'flr')),
    remove: () => writable((text) => whenTrue(text, () => kernel.remove(entry))),
    rescan: () => writable((text) => whenTrue(text, () => kernel.rescan())),
    nvme: device === null ? undefined : () => folder({ [device]: () => deviceFolder(kernel, entry, device) }),
    physfn:
      physicalFunction === null ? undefined : () => link(linkTo(functionPlace(physicalFunction), place)),
    ...(isPhysical(entry) ? physicalThings(kernel, entry, place) : {}),
  });
}

type Things = Readonly<Record<string, (() => SysfsNode) | undefined>>;

function identifiers({ controller, deviceId }: PciFunction): Things {
  const view = new DataView(controller.identifyTemplate.buffer, controller.identifyTemplate.byteOffset);
  const word = (value: number, digits: number) =>
    readable(() => `0x${value.toString(16).padStart(digits, '0')}`);
  const long = (value: number) => value.toString(16).toUpperCase().padStart(8, '0');
  const vendor = view.getUint16(0, true);
  const subsystemVendor = view.getUint16(2, true);
  const { subsystemId, revision } = controller.pci;
  return {
    vendor: () => word(vendor, 4),
    device: () => word(deviceId, 4),
    subsystem_vendor: () => word(subsystemVendor, 4),
    subsystem_device: () => word(subsystemId, 4),
    class: () => readable(() => nvmeClass),
    revision: () => word(revision, 2),
    modalias: () =>
      readable(
        () =>
          `pci:v${long(vendor)}d${long(deviceId)}sv${long(subsystemVendor)}sd${long(subsystemId)}bc01sc08i02`,
      ),
  };
}

function physicalThings(kernel: SimulatedKernel, entry: PhysicalFunction, place: string): Things {
  const { sriov, controller } = entry;
  const virtual = kernel
    .virtualFunctions(entry)
    .map((each) => [`virtfn${each.vfn - 1}`, () => link(linkTo(functionPlace(each), place))] as const);
  const below = provisionedFunctionsOf(kernel, entry).map(
    (each) => [provisionedUuidOf(each) ?? '', () => functionFolder(kernel, each)] as const,
  );
  const things: Things = Object.fromEntries([...virtual, ...below]);
  if (sriov === null || !isPrimary(controller)) return things;
  return {
    ...things,
    sriov_totalvfs: () => readable(() => String(sriov.totalVfs)),
    sriov_numvfs: () =>
      writable(
        (text) => {
          const count = unsigned(text.trim(), 0xffff);
          return typeof count === 'number' ? kernel.setVfCount(entry, count) : count;
        },
        () => String(controller.part.numVfs),
      ),
    sriov_offset: () => readable(() => String(sriov.vfOffset)),
    sriov_stride: () => readable(() => String(sriov.vfStride)),
    sriov_vf_device: () => readable(() => entry.deviceId.toString(16)),
    sriov_vf_total_msix: () => readable(() => '0'),
    sriov_drivers_autoprobe: () =>
      writable(
        (text) => {
          const enabled = truth(text.trim());
          if (enabled === undefined) return kernelError('EINVAL', notTruth(entry.address, text.trim()));
          sriov.driversAutoprobe = enabled;
          return kernelSuccess;
        },
        () => (sriov.driversAutoprobe ? '1' : '0'),
      ),
  };
}

function reset(kernel: SimulatedKernel, entry: PciFunction, text: string): SimulatedKernelAnswer {
  if (unsigned(text.trim(), 0xffffffff) !== 1)
    return kernelError('EINVAL', {
      cause: `${visibleText(shorten(text.trim(), mostQuoted))} was written, and only 1 resets ${entry.address}`,
      fix: 'Write 1',
    });
  kernel.functionReset(entry);
  return kernelSuccess;
}

/** For files that do something when a number other than 0 is written. */
export function whenTrue(text: string, act: () => SimulatedKernelAnswer): SimulatedKernelAnswer {
  const value = unsigned(text.trim(), 0xffffffff);
  if (typeof value !== 'number') return value;
  return value === 0 ? kernelSuccess : act();
}

/** As `kstrtoul` reads it: decimal, 0x hexadecimal or octal; ERANGE above the limit. */
function unsigned(text: string, most: number): number | SimulatedKernelAnswer {
  const digits = /^\+?(0x[0-9a-f]+|0[0-7]*|[1-9]\d*)$/i.exec(text)?.[1];
  if (digits === undefined)
    return kernelError('EINVAL', {
      cause: `The file takes a number, and ${text === '' ? 'nothing' : visibleText(shorten(text, mostQuoted))} was written`,
      fix: 'Write one number, decimal or with 0x',
    });
  const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  if (value <= most) return value;
  return kernelError('ERANGE', {
    cause: `${shorten(text, mostQuoted)} is above ${most}, the largest number that the file takes`,
    fix: `Write at most ${most}`,
  });
}

function notTruth(address: string, text: string) {
  return {
    cause: `sriov_drivers_autoprobe of ${address} takes 0 or 1, and ${text === '' ? 'nothing' : visibleText(shorten(text, mostQuoted))} was written`,
    fix: 'Write 0 or 1',
  };
}

/** As `kstrtobool` reads it. */
function truth(text: string): boolean | undefined {
  if (/^(1|y|t|on)/i.test(text)) return true;
  return /^(0|n|f|of)/i.test(text) ? false : undefined;
}
