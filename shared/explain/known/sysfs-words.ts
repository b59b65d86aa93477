import type { KnownText } from '../explanation.ts';

const counts = /sriov_numvfs/;

/** What the kernel answers to writes into sysfs, as a shell words it. */
export const sysfsWords: readonly KnownText[] = [
  {
    id: 'numvfs-busy',
    text: /Device or resource busy|\bEBUSY\b/i,
    near: counts,
    meaning:
      'The number of virtual functions cannot be changed from one to another: Linux only goes from 0 to a number and from a number to 0.',
    decidedBy: ['Linux, all versions.'],
    lookAt: ['cat /sys/bus/pci/devices/ADDRESS/sriov_numvfs', 'lspci -nnk (who uses the virtual functions)'],
    remedy: [
      'Take the virtual functions away from guests, then echo 0 > sriov_numvfs, then write the new number; that removes all of them',
    ],
    sources: ['Linux drivers/pci/pci-sysfs.c and iov.c, sriov_numvfs_store'],
  },
  {
    id: 'numvfs-range',
    text: /(?:Numerical )?result out of range|\bERANGE\b/i,
    near: counts,
    meaning: 'More virtual functions were asked for than the function has.',
    decidedBy: ['The drive and its firmware: TotalVFs of its SR-IOV capability.'],
    lookAt: ['cat /sys/bus/pci/devices/ADDRESS/sriov_totalvfs'],
    remedy: ['Write at most sriov_totalvfs'],
    sources: ['Linux drivers/pci/iov.c, sriov_numvfs_store'],
  },
  {
    id: 'numvfs-missing',
    text: /No such file or directory|nonexistent directory|\bENOENT\b/i,
    near: counts,
    meaning:
      'The function has no SR-IOV, so the file does not exist; or the address is another one, or the function is a virtual function itself. With a driver that does not support SR-IOV, the write itself ends so.',
    decidedBy: [
      'The drive: some firmware has no SR-IOV capability, and some drives need a vendor command that switches it on.',
      'Linux: a write needs a driver with SR-IOV support; nvme has it since about 4.18, vfio-pci since about 5.7 with enable_sriov=1.',
      'The platform: SR-IOV can be switched off in the firmware of the host.',
    ],
    lookAt: [
      'lspci -vvs ADDRESS | grep -A9 SR-IOV',
      'readlink /sys/class/nvme/nvme0/device (the address)',
      'readlink /sys/bus/pci/devices/ADDRESS/driver',
    ],
    remedy: [
      'Use the address of the physical function, bound to nvme',
      'Switch SR-IOV on in the drive (vendor command or firmware) and in the firmware of the host',
    ],
    sources: ['Linux drivers/pci/iov.c', 'nvme-cli issue 846'],
  },
  {
    id: 'numvfs-memory',
    text: /Cannot allocate memory|\bENOMEM\b|Input\/output error/i,
    near: counts,
    meaning:
      'The virtual functions could not be made: bus numbers or memory space for their BARs are missing.',
    decidedBy: ['The firmware of the host and Linux: what they reserved for this slot at boot.'],
    lookAt: ['dmesg | grep -iE "sr-iov|not enough MMIO|bus .* out of range|no space for"'],
    remedy: [
      'Switch SR-IOV and Above 4G Decoding on in the firmware of the host',
      'Boot with pci=realloc for memory space, or pci=assign-busses for bus numbers',
      'Ask for fewer virtual functions',
    ],
    sources: ['Linux drivers/pci/iov.c, sriov_enable'],
  },
  {
    id: 'new-id-exists',
    text: /File exists|\bEEXIST\b/i,
    near: /new_id/,
    meaning: 'The driver already knows this vendor and device; the write changed nothing.',
    decidedBy: [
      'Linux: identifiers stay until remove_id or the module is unloaded, so a second run of a script meets this.',
    ],
    lookAt: ['readlink /sys/bus/pci/devices/ADDRESS/driver (whether the function is bound)'],
    remedy: [
      'Go on with bind; or use driver_override and drivers_probe, which concern one function only and can be repeated',
    ],
    sources: ['Linux drivers/pci/pci-driver.c, new_id_store', 'nasty-project issues 601, 603'],
  },
  {
    id: 'bind-no-device',
    text: /No such device|\bENODEV\b/i,
    near: /\/(?:un)?bind\b|new_id|drivers_probe|unbind/,
    meaning:
      'For bind: the driver does not match the function, does not exist there, or its probe failed. For unbind: the function is not bound to this driver.',
    decidedBy: [
      'Linux: vfio-pci matches nothing by itself; driver_override (since about 3.16) or new_id makes it match.',
    ],
    lookAt: [
      'readlink /sys/bus/pci/devices/ADDRESS/driver',
      'cat /sys/bus/pci/devices/ADDRESS/driver_override',
      'dmesg | tail',
    ],
    remedy: [
      'Write the name of the driver into driver_override first, then the address into /sys/bus/pci/drivers_probe, then look whether it is bound',
    ],
    sources: ['Linux drivers/base/bus.c', 'nbs issue 5296'],
  },
  {
    id: 'bind-busy',
    text: /Device or resource busy|\bEBUSY\b/i,
    near: /\/(?:un)?bind\b|drivers_probe/,
    meaning: 'Another driver has the function, or its IOMMU group is in use.',
    decidedBy: ['Linux, all versions.'],
    lookAt: [
      'readlink /sys/bus/pci/devices/ADDRESS/driver',
      'ls /sys/bus/pci/devices/ADDRESS/iommu_group/devices',
    ],
    remedy: ['Unbind it from its driver first: echo ADDRESS > /sys/bus/pci/devices/ADDRESS/driver/unbind'],
    sources: ['Linux drivers/base/dd.c'],
  },
  {
    id: 'sysfs-write-busy',
    text: /write error: Device or resource busy/i,
    meaning:
      'The kernel refused a write into sysfs because something is in use. For sriov_numvfs: the number must go through 0. For bind: another driver has the function.',
    decidedBy: ['Linux, all versions.'],
    lookAt: ['The line before: which file was written', 'dmesg | tail'],
    remedy: [
      'For sriov_numvfs: write 0 first, then the new number',
      'For bind: unbind it from its driver first',
    ],
    sources: ['Linux drivers/pci/iov.c', 'Linux drivers/base/dd.c'],
  },
  {
    id: 'sysfs-write-range',
    text: /write error: (?:Numerical )?result out of range/i,
    meaning: 'The value is larger than the file takes. For sriov_numvfs that is more than sriov_totalvfs.',
    decidedBy: ['The drive and its firmware: TotalVFs of its SR-IOV capability.'],
    lookAt: ['cat /sys/bus/pci/devices/ADDRESS/sriov_totalvfs'],
    remedy: ['Write at most sriov_totalvfs'],
    sources: ['Linux drivers/pci/iov.c, sriov_numvfs_store'],
  },
  {
    id: 'sysfs-write-no-device',
    text: /write error: No such device/i,
    meaning: 'The driver does not take the function (bind), or the function is not bound to it (unbind).',
    decidedBy: ['Linux: vfio-pci takes a function only with driver_override or new_id.'],
    lookAt: [
      'readlink /sys/bus/pci/devices/ADDRESS/driver',
      'cat /sys/bus/pci/devices/ADDRESS/driver_override',
    ],
    remedy: [
      'Write the name of the driver into driver_override first, then the address into /sys/bus/pci/drivers_probe',
    ],
    sources: ['Linux drivers/base/bus.c', 'nbs issue 5296'],
  },
  {
    id: 'sysfs-permission',
    text: /\/sys\/\S{1,200}:? Permission denied/i,
    meaning:
      'The file cannot be opened for this by this user. With sudo echo 1 > FILE the shell of the user opens the file, not sudo. Some files can only be read, or only be written.',
    decidedBy: ['Linux: the mode of the file.'],
    lookAt: ['ls -l FILE', 'id'],
    remedy: ['echo VALUE | sudo tee FILE, or a root shell'],
    sources: ['Linux fs/kernfs'],
  },
  {
    id: 'sysfs-invalid',
    text: /write error: Invalid argument/i,
    meaning:
      'The kernel did not understand the value: not a number, a wrong form of an address (0000:01:00.1), or text after it. Printing without a line end is fine, more than one value is not.',
    decidedBy: ['Linux: each file has its own form.'],
    lookAt: ['cat FILE (the form of its value)'],
    remedy: ['Write one value in the form that the file itself shows'],
    sources: ['Linux Documentation/ABI/testing/sysfs-bus-pci'],
  },
  {
    id: 'reset-unsupported',
    text: /Inappropriate ioctl for device/i,
    near: /reset/,
    meaning: 'The function has no way to be reset that the kernel can use.',
    decidedBy: [
      'The drive: FLR in its PCI Express capability. Linux from about 5.15 lists the ways in reset_method.',
    ],
    lookAt: ['cat /sys/bus/pci/devices/ADDRESS/reset_method', 'lspci -vvs ADDRESS | grep FLReset'],
    remedy: ['Unbind and bind the driver, or reset the whole drive'],
    sources: ['Linux drivers/pci/pci.c'],
  },
];
