import { expect, it } from 'vitest';
import { reportDrive, runLines } from './testing/report-drive.ts';

const pf = '/sys/bus/pci/devices/0000:86:00.0';
const run = (...lines: readonly string[]) => runLines(reportDrive(), ...lines);

it('a pasted script runs as it is', async () => {
  const lines = await run(
    'sudo nvme virt-mgmt /dev/nvme0 -c 1 -r 0 -a 8 -n 2',
    'modprobe vfio-pci && sudo modprobe -q vfio_iommu_type1',
    'sleep 1; udevadm settle',
    'nvme virt-mgmt /dev/nvme0 -c 1 -a 9 2>&1',
    'nvme virt-mgmt /dev/nvme0 -c 1 -a 7 || true',
    'nvme virt-mgmt /dev/nvme0 -c 1 -r 1 -a 8 -n 2 > /dev/null',
    'cat /sys/class/nvme/nvme*/cntlid',
    '[ "$(id -u)" = 0 ] && [ "$EUID" = 0 ] && [ "$(uname -r)" = 6.8.0 ] && hostname',
    'modprobe nosuch',
  );
  expect(lines.map(({ exit }) => exit)).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 1]);
  expect(lines.map(({ stdout }) => stdout)).toEqual([
    'success, Number of Controller Resources Modified (NRM):0x2\n',
    '',
    '',
    expect.stringContaining('(0x4120)'),
    'success, Number of Controller Resources Modified (NRM):0\n',
    '',
    '65\n',
    'hv1\n',
    '',
  ]);
  expect(lines.map(({ commands }) => commands.length)).toEqual([1, 0, 0, 1, 1, 1, 0, 0, 0]);
  expect(lines[8]?.stderr).toContain('Module nosuch not found in directory /lib/modules/6.8.0');
});

it('lspci shows the functions, their drivers and what SR-IOV is set to', async () => {
  const lines = await run(
    `echo 1 > ${pf}/sriov_numvfs`,
    'lspci -nn',
    'lspci -D -n -s 86:00.0',
    'lspci -k -s .0',
    "lspci -vvv -d 144d: | grep -E 'Number of VFs|VF offset'",
    'lspci -d 8086:',
    'lspci -t',
  );
  expect(lines[1]?.stdout).toBe(
    ['00', '01']
      .map((n) => `86:00.${Number(n)} Non-Volatile memory controller [0108]: Device [144d:a824]\n`)
      .join(''),
  );
  expect(lines[2]?.stdout).toBe('0000:86:00.0 0108: 144d:a824\n');
  expect(lines[3]?.stdout).toContain('\tKernel driver in use: nvme\n');
  expect(lines[4]?.stdout).toContain('Total VFs: 4, Number of VFs: 1');
  expect(lines[4]?.stdout).toContain('VF offset: 1, stride: 1, Device ID: a824');
  expect(lines[5]).toMatchObject({ exit: 0, stdout: '' });
  expect(lines[6]).toMatchObject({ exit: 1, stderr: expect.stringContaining('invalid option -t') });
});

it('lsblk shows the namespaces', async () => {
  const lines = await run(
    'lsblk',
    'lsblk -dnbo NAME,SIZE,TYPE /dev/nvme0n1',
    'lsblk -J -o NAME,SERIAL',
    'lsblk /dev/sda',
  );
  expect(lines[0]?.stdout).toBe(
    'NAME    MAJ:MIN RM SIZE RO TYPE MOUNTPOINTS\nnvme0n1 259:0   0  1.5T 0  disk\n',
  );
  expect(lines[1]?.stdout).toBe('nvme0n1 1600321314816 disk\n');
  expect(JSON.parse(lines[2]?.stdout ?? '')).toEqual({
    blockdevices: [{ name: 'nvme0n1', serial: 'S0EXAMPLE0001' }],
  });
  expect(lines[3]).toMatchObject({ exit: 32, stderr: 'lsblk: /dev/sda: not a block device\n' });
});

it('virsh gives a function to a virtual machine and takes it back', async () => {
  const fleet = reportDrive({
    virtualMachines: [{ name: 'db', vcpus: 1, memoryBytes: 1 << 30, state: 'running', devices: [] }],
  });
  const lines = await runLines(
    fleet,
    `echo 1 > ${pf}/sriov_numvfs; virsh nodedev-list`,
    'virsh nodedev-detach pci_0000_86_00_1',
    `readlink ${pf}/virtfn0/driver | xargs basename`,
    `cat > dev.xml <<END
<hostdev mode='subsystem' type='pci' managed='yes'>
  <source><address domain='0x0000' bus='0x86' slot='0x00' function='0x1'/></source>
</hostdev>
END`,
    'virsh attach-device db dev.xml --live',
    "virsh dumpxml db | grep -c '<hostdev'",
    `echo 0 > ${pf}/sriov_numvfs`,
    'virsh -c qemu:///system suspend db; virsh list --all',
    'virsh detach-device db dev.xml && virsh nodedev-reattach pci_0000_86_00_1',
    'virsh attach-device db none.xml; virsh domstate other',
    'virsh migrate db',
  );
  expect(lines.map(({ exit }) => exit)).toEqual([0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1]);
  expect(lines[0]?.stdout).toBe('pci_0000_86_00_0\npci_0000_86_00_1\n');
  expect(lines[2]?.stdout).toBe('vfio-pci\n');
  expect(lines[5]?.stdout).toBe('1\n');
  expect(lines[6]?.stderr).toContain('virtual machine db uses');
  expect(lines[7]?.stdout).toMatch(/ 1 +db +paused\n/);
  expect(lines[9]?.stderr).toContain('no domain with matching name');
});
