import type { ConsoleHost } from '../../console-host.ts';

/** Files in memory that every host has when its shell begins. */
export async function bootFiles(
  host: ConsoleHost,
): Promise<Readonly<Record<string, string | { readonly content: string; readonly mode: number }>>> {
  const described = await host.connection.describe();
  const { name, kernel, iommu } = described.ok ? described.value : { name: 'host', kernel: '', iommu: '' };
  const hasIommu = iommu !== null && iommu !== '';
  return {
    '/etc/hostname': `${name}\n`,
    '/etc/os-release': 'NAME="Simulated host"\nID=berth\nPRETTY_NAME="Simulated host of Berth"\n',
    '/proc/cmdline': `BOOT_IMAGE=/boot/vmlinuz-${kernel} root=/dev/vda1 ro${hasIommu ? ' intel_iommu=on iommu=pt' : ''}\n`,
    '/proc/version': `Linux version ${kernel} (simulated by Berth)\n`,
    '/proc/sys/kernel/hostname': `${name}\n`,
    '/proc/sys/kernel/osrelease': `${kernel}\n`,
    '/dev/null': '',
    '/dev/zero': '',
  };
}

/** Programs of administrators, which have a second place. */
const administrative = ['lspci', 'modprobe', 'nvme', 'nvme-new', 'udevadm'];

/** Where the shell finds the programs that it knows by name. */
export function programFiles(
  names: readonly string[],
): Readonly<Record<string, { readonly content: string; readonly mode: number }>> {
  const mode = 0o755;
  const files = names.map((name) => [`/usr/bin/${name}`, { content: '#!/bin/sh\n', mode }]);
  const more = administrative.map((name) => [
    `/usr/sbin/${name}`,
    { content: `#!/bin/sh\nexec /usr/bin/${name} "$@"\n`, mode },
  ]);
  return Object.fromEntries([...files, ...more]);
}
