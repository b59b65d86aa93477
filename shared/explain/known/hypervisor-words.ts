import type { KnownText } from '../explanation.ts';

/** What QEMU, libvirt and cloud-hypervisor print when a function is handed to a guest. */
export const hypervisorWords: readonly KnownText[] = [
  {
    id: 'group-not-viable',
    text: /group \d{1,6} is not viable|all devices within the iommu_group are bound to their vfio bus driver/i,
    meaning:
      'The IOMMU group of the function has other functions that a host driver still uses; a group is handed over as a whole.',
    decidedBy: ['The platform: access control (ACS) of the ports above the drive decides what is one group.'],
    lookAt: ['ls /sys/bus/pci/devices/ADDRESS/iommu_group/devices', 'lspci -nnk of each of them'],
    remedy: [
      'Bind every function of the group to vfio-pci, or unbind it; bridges may stay with pcieport',
      'Use a slot with ACS, so that the function has a group of its own',
    ],
    sources: ['kubevirt issue 6718', 'Linux Documentation/driver-api/vfio.rst'],
  },
  {
    id: 'vfio-map-region',
    text: /VfioMapRegion|failed to mmap|mmap(?:ing)? (?:of )?(?:the )?region.{0,80}(?:failed|Invalid argument)/i,
    meaning:
      'A BAR of the function could not be mapped. Regions that are smaller than a page, or that the MSI-X table shares, cannot always be.',
    decidedBy: [
      'The drive: size and layout of its BARs; Kioxia 1e0f:0025 met it.',
      'cloud-hypervisor: versions that map every region without looking at its flags; Linux vfio-pci: which regions it allows.',
    ],
    lookAt: ['lspci -vvs ADDRESS (Region 0 size, MSI-X: BAR and offset)', 'dmesg | grep vfio'],
    remedy: ['Update the hypervisor; try QEMU, which traps what it cannot map'],
    sources: ['cloud-hypervisor issue 7205'],
  },
  {
    id: 'vfio-no-group',
    text: /no iommu_group found|Failed to (?:find|get) (?:the )?iommu_group|failed to read \S{0,120}iommu_group|iommu_group.{0,40}No such file|no available IOMMU|No available IOMMU models/i,
    meaning: 'The function has no IOMMU group: the IOMMU is off, or not used for it.',
    decidedBy: ['The firmware of the host (VT-d, AMD-Vi) and the command line of the kernel.'],
    lookAt: ['cat /proc/cmdline', 'ls /sys/kernel/iommu_groups', 'dmesg | grep -iE "DMAR|AMD-Vi|iommu"'],
    remedy: [
      'Switch the IOMMU on in the firmware of the host, boot with intel_iommu=on, then look for groups again',
    ],
    sources: ['Linux Documentation/driver-api/vfio.rst'],
  },
  {
    id: 'vfio-busy',
    text: /(?:\/dev\/vfio\/\S{1,40}|VFIO group|vfio\b).{0,120}Device or resource busy|Could not open '?\/dev\/vfio\/\d{1,6}'?: Device or resource busy/i,
    meaning: 'Another process has the VFIO group open: another guest uses a function of the same group.',
    decidedBy: ['Linux: a group is opened by one process.'],
    lookAt: ['fuser -v /dev/vfio/GROUP', 'ls /sys/bus/pci/devices/ADDRESS/iommu_group/devices'],
    remedy: ['Stop the other guest, or give both functions to the same one'],
    sources: ['Linux Documentation/driver-api/vfio.rst'],
  },
  {
    id: 'vfio-missing',
    text: /\/dev\/vfio\/\S{1,40}.{0,40}No such file or directory|failed to open \/dev\/vfio\/\S{1,40}/i,
    meaning: 'No function of this IOMMU group is bound to vfio-pci, or the module is not loaded.',
    decidedBy: ['The state of the host: a bind that failed silently, for example.'],
    lookAt: ['readlink /sys/bus/pci/devices/ADDRESS/driver', 'lsmod | grep vfio'],
    remedy: [
      'modprobe vfio-pci; echo vfio-pci > driver_override; echo ADDRESS > /sys/bus/pci/drivers_probe; then check that it is bound',
    ],
    sources: ['nbs issue 5296', 'nasty-project issues 601, 603'],
  },
  {
    id: 'vfio-map-dma',
    text: /VFIO_MAP_DMA|vfio_(?:container_)?dma_map\(.{0,120}= -(?:12|14|16|17|22|28)|cannot (?:limit|set) locked memory/i,
    meaning:
      'The memory of the guest could not be mapped for the device. -12: the limit of locked memory; -14, -22: an address that cannot be mapped; -17: a part of it has a mapping; -28: too many mappings.',
    decidedBy: [
      'The limit of locked memory of the process, and vfio_iommu_type1.dma_entry_limit (65535).',
      'cloud-hypervisor 53: vfio_p2p_dma=off is needed before kernel 6.19.',
    ],
    lookAt: [
      'grep -i "locked memory" /proc/PID/limits',
      'cat /sys/module/vfio_iommu_type1/parameters/dma_entry_limit',
    ],
    remedy: ['Raise the limit to more than the memory of the guest (libvirt: <memtune><hard_limit>)'],
    sources: ['Linux drivers/vfio/vfio_iommu_type1.c', 'cloud-hypervisor 53 release notes'],
  },
  {
    id: 'in-use-by-domain',
    text: /PCI device \S{1,40} is in use by driver \S{1,40}, domain/i,
    meaning: 'Another guest uses this function, as libvirt knows.',
    decidedBy: ['libvirt: what its running guests have.'],
    lookAt: ['virsh list', 'virsh dumpxml DOMAIN | grep -A4 hostdev'],
    remedy: ['Detach it from the other guest first, or choose another virtual function'],
    sources: ['libvirt src/hypervisor/virhostdev.c'],
  },
  {
    id: 'not-managed',
    text: /PCI device \S{1,40} is not assignable|must be manually detached from host|Unmanaged PCI device \S{1,40}/i,
    meaning: 'The function is still with a driver of the host, and the guest says managed=no.',
    decidedBy: ['The XML of the guest.'],
    lookAt: ['virsh nodedev-dumpxml pci_0000_01_00_1', 'readlink /sys/bus/pci/devices/ADDRESS/driver'],
    remedy: ['virsh nodedev-detach pci_0000_01_00_1, or managed=yes in the XML'],
    sources: ['libvirt src/hypervisor/virhostdev.c'],
  },
  {
    id: 'no-passthrough',
    text: /host doesn't support (?:VFIO PCI |VFIO )?passthrough|host does not support (?:VFIO |PCI )?passthrough/i,
    meaning: 'This host has no IOMMU groups, or no vfio, as libvirt sees it.',
    decidedBy: ['The firmware of the host and the command line of the kernel.'],
    lookAt: ['virt-host-validate qemu', 'ls /sys/kernel/iommu_groups', 'lsmod | grep vfio'],
    remedy: ['Switch the IOMMU on in the firmware and boot with intel_iommu=on; modprobe vfio-pci'],
    sources: ['libvirt src/qemu/qemu_hostdev.c'],
  },
  {
    id: 'libvirt-no-device',
    text: /Device \d{4}:[0-9a-f]{2}:[0-9a-f]{2}\.\d not found: could not access|unable to find (?:any )?PCI device|no (?:node device|nodedev) with matching name/i,
    meaning:
      'The virtual function does not exist: sriov_numvfs is 0 again (after a reboot, for example), or its address is another.',
    decidedBy: [
      'The state of the host; the address follows from sriov_offset and sriov_stride of the drive.',
    ],
    lookAt: [
      'cat /sys/bus/pci/devices/PF/sriov_numvfs',
      'ls -l /sys/bus/pci/devices/PF/virtfn* (the addresses)',
    ],
    remedy: ['Enable the virtual functions again, and bring them online, before the guest starts'],
    sources: ['libvirt src/util/virpci.c'],
  },
  {
    id: 'bar-reserve',
    text: /BAR \d{1,2}: can't reserve \[mem/i,
    meaning: 'Something on the host uses the memory of this BAR, so vfio-pci cannot take it.',
    decidedBy: ['The host: another driver or a frame buffer of its firmware.'],
    lookAt: ['cat /proc/iomem'],
    remedy: ['Find out in /proc/iomem who has it and release it'],
    sources: ['Linux drivers/pci/pci.c'],
  },
  {
    id: 'no-reset',
    text: /no available reset mechanism for device|Cannot reset (?:PCI )?device|Unable to reset PCI device/i,
    meaning:
      'The function cannot be reset alone, and resetting the bus would hit others that this guest does not have.',
    decidedBy: ['The drive: FLR. A physical function without it resets only with its whole slot.'],
    lookAt: ['cat /sys/bus/pci/devices/ADDRESS/reset_method', 'lspci -vvs ADDRESS | grep FLReset'],
    remedy: ['Use a virtual function (these have FLR), or give every function of the slot to the guest'],
    sources: ['Linux drivers/vfio/pci/vfio_pci_core.c', 'libvirt src/util/virpci.c'],
  },
  {
    id: 'vf-token',
    text: /VF token (?:required|is not|incorrectly|set)|vfio-pci: PF token/i,
    meaning:
      'The physical function is with vfio-pci as well, so each user of its virtual functions must give its token.',
    decidedBy: ['Linux from about 5.7: vfio-pci with enable_sriov.'],
    lookAt: ['readlink /sys/bus/pci/devices/PF/driver'],
    remedy: ['Give vf-token=UUID in QEMU, or leave the physical function with the nvme driver'],
    sources: ['Linux drivers/vfio/pci/vfio_pci_core.c'],
  },
  {
    id: 'vfio-device-error',
    text: /error getting device from group|vfio: (?:error|failed to) \w{3,20}|VfioDevice(?:Create)?\b|VfioPci\w{0,30}Error|Vfio\w{3,40}\(/i,
    meaning:
      'The hypervisor could not take the function over from vfio-pci. The words after it say at which step.',
    decidedBy: ['The state of the host; versions of hypervisor and kernel only in few cases.'],
    lookAt: [
      'dmesg | tail',
      'readlink /sys/bus/pci/devices/ADDRESS/driver',
      'ls /sys/bus/pci/devices/ADDRESS/iommu_group/devices',
    ],
    remedy: [
      'Check that the function is bound to vfio-pci and its group is free, then start the guest again',
    ],
    sources: ['QEMU hw/vfio/pci.c', 'cloud-hypervisor pci/src/vfio.rs'],
  },
];
