import type { WantedEntries } from '../capture/storage/unpack-archive.ts';

/** What of a sos report concerns drives, functions and virtual machines; the rest is large and says nothing of them. */
const ofReport =
  /(?:^|\/)(?:sos_commands\/(?:nvme|pci|libvirt|virsh|kvm|kernel|host|proxmox)\/|uname$|hostname$)/;

/** Attributes of a PCI function and of a controller that are read of a sysfs tree. */
const functionAttribute =
  /(?:^|\/)sys\/(?:devices\/(?:.*\/)?|bus\/pci\/devices\/)([0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7])\/(vendor|device|class|numa_node|driver_override|sriov_\w{3,20}|driver|iommu_group|physfn|virtfn\d{1,5})$/;
const deviceAttribute =
  /(?:^|\/)sys\/(?:devices\/.*\/nvme|class\/nvme)\/(nvme\d{1,6})\/((?:nvme\d{1,6}(?:c\d{1,6})?n\d{1,10}\/)?(?:address|cntlid|cntrltype|firmware_rev|model|queue_count|serial|state|subsysnqn|transport|nsid|size|uuid|nguid|eui|queue\/logical_block_size))$/;
const subsystemAttribute =
  /(?:^|\/)sys\/(?:devices\/.*|class)\/nvme-subsystem\/(nvme-subsys\d{1,6})\/(subsysnqn)$/;

/** Where an attribute of a tree is on the host, by the short way through class or bus; null for all others. */
export function sysfsPlace(file: string): string | null {
  const [, address, attribute] = functionAttribute.exec(file) ?? [];
  if (address !== undefined) return `/sys/bus/pci/devices/${address}/${attribute}`;
  const [, device, name] = deviceAttribute.exec(file) ?? [];
  if (device !== undefined) return `/sys/class/nvme/${device}/${name}`;
  const [, subsystem, nqn] = subsystemAttribute.exec(file) ?? [];
  if (subsystem !== undefined) return `/sys/class/nvme-subsystem/${subsystem}/${nqn}`;
  const link = /(?:^|\/)sys(\/class\/nvme\/nvme\d{1,6})$/.exec(file)?.[1];
  return link === undefined ? null : `/sys${link}`;
}

/** The controller device that a path of sysfs goes through, and the PCI function that has it; null for all others. */
export function deviceOfPath(file: string): { readonly device: string; readonly address: string } | null {
  const [, address, device] =
    /\/([0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7])\/nvme\/(nvme\d{1,6})(?:\/|$)/.exec(file) ?? [];
  return address === undefined || device === undefined ? null : { device, address };
}

/** Which files of a folder or an archive are read, by their paths alone: of a sos report and of sysfs little is. */
export class WantedFiles implements WantedEntries {
  /** Whether some path was one that only a sos report has. */
  isReport = false;

  get narrowed(): number {
    return this.isReport ? 1 : 0;
  }

  wants(file: string): boolean {
    this.isReport ||= /(?:^|\/)sos_commands\/|^sosreport-[^/]+\//.test(file);
    if (sysfsPlace(file) !== null) return true;
    return this.isReport
      ? ofReport.test(file)
      : !/(?:^|\/)sys\/(?:devices|class|bus|module|kernel)\//.test(file);
  }
}
