import type { ConsoleSysfs } from '../../console-host.ts';

/** What stands at a path of the files that the kernel makes: `/sys`, and the devices in `/dev`. */
export type KernelFile =
  | { readonly kind: 'folder'; readonly names: readonly string[] }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'file'; readonly readable: boolean; readonly writable: boolean }
  | { readonly kind: 'block' | 'character' };

const vfioFolder = '/dev/vfio';

/** Devices in `/dev` that the simulated kernel makes, by path. */
export function deviceNodes(sysfs: ConsoleSysfs): ReadonlyMap<string, KernelFile> {
  const nodes = new Map<string, KernelFile>();
  for (const name of sysfs.list('/sys/class/nvme') ?? []) nodes.set(`/dev/${name}`, { kind: 'character' });
  for (const name of sysfs.list('/sys/block') ?? []) nodes.set(`/dev/${name}`, { kind: 'block' });
  const groups = (sysfs.list('/sys/bus/pci/drivers/vfio-pci') ?? []).flatMap((name) => {
    const link = sysfs.readLink(`/sys/bus/pci/drivers/vfio-pci/${name}/iommu_group`);
    return link === null ? [] : [link.split('/').at(-1) ?? ''];
  });
  const names = ['vfio', ...new Set(groups)];
  nodes.set(vfioFolder, { kind: 'folder', names });
  for (const name of names) nodes.set(`${vfioFolder}/${name}`, { kind: 'character' });
  return nodes;
}

/** What is at a path of `/sys`, its last link not followed; null where there is nothing. */
export function sysfsFile(sysfs: ConsoleSysfs, path: string): KernelFile | null {
  const target = sysfs.readLink(path);
  if (target !== null) return { kind: 'link', target };
  const found = sysfs.kindOf(path);
  if (found === null) return null;
  if (found.kind !== 'folder') return { kind: 'file', readable: found.readable, writable: found.writable };
  return { kind: 'folder', names: sysfs.list(path) ?? [] };
}
