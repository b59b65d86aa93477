import type { KnownText } from '../explanation.ts';

/** What the nvme driver and the PCI code of Linux log. */
export const kernelWords: readonly KnownText[] = [
  {
    id: 'fatal-at-start',
    text: /Device not ready; aborting \w{5,15}, CSTS=0x(?!f{8})[0-9a-f]*[2367abef]\b/i,
    meaning:
      'The controller reports a fatal status (CSTS.CFS) while the driver enables it. On a virtual function it usually means that the secondary controller is not ready for a driver: offline, without resources, or not reset since it got them.',
    decidedBy: [
      'The drive and its firmware: some want offline, assign, online and then a reset of the virtual function; some firmware cannot do it at all.',
      'Linux: with sriov_drivers_autoprobe=1 it probes virtual functions at once, before anybody could bring them online.',
    ],
    lookAt: [
      'nvme list-secondary /dev/nvme0 (SCS 1, NVQ at least 2, NVI at least 1)',
      'nvme id-ctrl /dev/nvme0 (fr: the firmware)',
    ],
    remedy: [
      'echo 0 > sriov_drivers_autoprobe before the virtual functions are enabled',
      'Take it offline, assign VQ and VI, bring it online, echo 1 > /sys/bus/pci/devices/VF/reset, then bind the driver',
    ],
    sources: ['nvme-cli issue 1126', 'NVMe Base 2.1, 3.1.4.6 (CSTS)', 'Linux drivers/nvme/host/core.c'],
  },
  {
    id: 'gone-from-the-bus',
    text: /CSTS=0xffffffff|controller is down; will reset: CSTS=0xffffffff|Unknown PCI header type '127'/i,
    meaning:
      'Reads of the controller answer only ones: the function has gone from the bus, is in D3cold, or its virtual function was disabled.',
    decidedBy: [
      'The drive and the slot: power, link, surprise removal; power states (ASPM, APST) on some platforms.',
    ],
    lookAt: ['lspci -s ADDRESS (rev ff: gone)', 'dmesg | grep -iE "pcieport|aer|link"'],
    remedy: [
      'Check slot, cable and power; then echo 1 > /sys/bus/pci/rescan',
      'If it happens while idle: boot with pcie_aspm=off or nvme_core.default_ps_max_latency_us=0',
    ],
    sources: ['Linux drivers/nvme/host/pci.c, nvme_warn_reset'],
  },
  {
    id: 'never-ready',
    text: /Device not ready; aborting \w{5,15}(?:, CSTS=0x[0-9a-f]{1,8})?/i,
    meaning:
      'The controller did not become ready in the time that it names (CAP.TO). A virtual function whose secondary controller is offline never does.',
    decidedBy: [
      'The state of the secondary controller: online or not.',
      'The drive: some need a reset of the virtual function, or of the host, between the steps.',
    ],
    lookAt: [
      'nvme list-secondary /dev/nvme0 (SCS: 1 is online)',
      'cat /sys/bus/pci/devices/PF/sriov_drivers_autoprobe',
    ],
    remedy: [
      'Bring it online (assign VQ and VI, --act=9), reset the virtual function, then bind the driver again',
      'echo 0 > sriov_drivers_autoprobe before the virtual functions are enabled, so that no driver comes too early',
    ],
    sources: ['nvme-cli issue 1126', 'Linux drivers/nvme/host/core.c, nvme_wait_ready'],
  },
  {
    id: 'probe-failure',
    text: /(?:Removing after probe failure status|probe (?:of \S{1,40} )?failed with error):? -(?:19|5|12|16|22)\b/i,
    meaning:
      'The driver gave the function up. -19: no device (it did not become ready); -5: an input or output error; -12: no memory; -16: busy; -22: an answer that makes no sense.',
    decidedBy: ['What the lines before this one say.'],
    lookAt: ['dmesg, the lines of the same function before this one', 'nvme list-secondary /dev/nvme0'],
    remedy: [
      'Mend the cause, then echo ADDRESS > /sys/bus/pci/drivers/nvme/bind; the driver does not try again by itself',
    ],
    sources: ['nvme-cli issue 1126', 'Linux drivers/nvme/host/pci.c'],
  },
  {
    id: 'admin-timeout',
    text: /I\/O (?:tag )?\d{1,6}(?: \([0-9a-f]{1,6}\))? (?:\(Admin\) )?QID 0 timeout|QID 0 timeout/i,
    meaning:
      'An admin command got no completion in time (60 s). Often the completion came and the interrupt did not: a function with one MSI-X vector, or interrupts that the hypervisor does not deliver.',
    decidedBy: [
      'The hypervisor and its interrupt remapping; kvmtool did not deliver them with an MSI-X table of one entry.',
      'Linux: nvme_core.admin_timeout; "completion polled" says that only the interrupt was missing.',
    ],
    lookAt: [
      'lspci -vvs ADDRESS (MSI-X: Enable+ Count=)',
      'grep nvme /proc/interrupts (whether the count moves)',
      'dmesg (completion polled)',
    ],
    remedy: [
      'Give the secondary controller more than one VI',
      'Update the hypervisor or try another; if nothing comes back at all, reset the controller',
    ],
    sources: ['kvmtool issue 13', 'Linux drivers/nvme/host/pci.c, nvme_timeout'],
  },
  {
    id: 'io-timeout',
    text: /I\/O (?:tag )?\d{1,6}(?: \([0-9a-f]{1,6}\))? (?:opcode \S{1,10} (?:\([^)]{1,20}\) )?)?QID \d{1,5} timeout/i,
    meaning:
      'An I/O command got no completion in time (30 s); the driver aborts it and then resets the controller.',
    decidedBy: ['The drive, or the interrupt of that queue. Linux: nvme_core.io_timeout.'],
    lookAt: ['grep nvme /proc/interrupts', 'nvme smart-log /dev/nvme0', 'dmesg (completion polled)'],
    remedy: ['Check interrupts of the queue; if the drive is slow, look at its health and firmware'],
    sources: ['Linux drivers/nvme/host/pci.c, nvme_timeout'],
  },
  {
    id: 'duplicate-controller-identifier',
    text: /Duplicate cntlid \d{1,5} with/i,
    meaning:
      'Two controllers say that they belong to one NVM subsystem (same NQN) and have the same controller identifier; Linux rejects the second.',
    decidedBy: [
      'The drive: secondary controllers that all answer the identity of the primary, as some firmware does.',
      'Linux: kernels of the last years check it.',
    ],
    lookAt: ['nvme id-ctrl /dev/nvme0 (cntlid, subnqn) of each controller'],
    remedy: ['Give the second one to vfio-pci instead of the host, or update the firmware of the drive'],
    sources: ['Linux drivers/nvme/host/core.c, nvme_validate_cntlid'],
  },
  {
    id: 'not-a-shared-subsystem',
    text: /Subsystem does not support multiple controllers/i,
    meaning:
      'A second controller has the NQN of a subsystem whose CMIC says that it has one controller only; Linux rejects it.',
    decidedBy: ['The drive: CMIC bits 1 and 2; two drives with the same NQN meet this too.'],
    lookAt: ['nvme id-ctrl /dev/nvme0 -H (cmic, subnqn) of each controller'],
    remedy: ['Update the firmware of the drive; give the function to vfio-pci meanwhile'],
    sources: ['Linux drivers/nvme/host/core.c'],
  },
  {
    id: 'duplicate-namespace-identifiers',
    text: /(?:globally )?duplicate IDs for nsid \d{1,10}/i,
    meaning: 'Two namespaces have the same EUI64, NGUID or UUID, so the second one gets no block device.',
    decidedBy: [
      'The drive: its identifiers. Linux refuses since about 5.18; drives that are known for it are excepted by quirk.',
    ],
    lookAt: ['nvme ns-descs /dev/nvme0 --namespace-id=NSID of each drive'],
    remedy: ['Update the firmware of the drive, or a kernel that has the quirk for it'],
    sources: ['Linux drivers/nvme/host/core.c, nvme_init_ns_head'],
  },
  {
    id: 'bus-numbers',
    text: /can't enable \d{1,5} VFs \(bus \w{1,4} out of range|SR-IOV: bus number out of range/i,
    meaning:
      'The last virtual functions would lie on bus numbers that the bridge above the drive does not have.',
    decidedBy: [
      'The firmware of the host: how many bus numbers it gives each slot. More than 127 virtual functions always need another bus.',
    ],
    lookAt: ['lspci -t', 'cat /sys/bus/pci/devices/ADDRESS/sriov_offset, sriov_stride'],
    remedy: ['Boot with pci=assign-busses, or ask for fewer virtual functions'],
    sources: ['Linux drivers/pci/iov.c, sriov_enable', 'NVIDIA SNAP documentation'],
  },
  {
    id: 'vf-memory',
    text: /not enough MMIO resources for SR-IOV|VF BAR \d.{0,120}(?:can't assign|failed to assign|no space)|BAR \d{1,2}: (?:no space for|failed to assign|can't assign)/i,
    meaning: 'There is not enough memory space below the bridge for the BARs of the virtual functions.',
    decidedBy: ['The firmware of the host: MMIO window and Above 4G Decoding.'],
    lookAt: ['lspci -vvs ADDRESS (SR-IOV, Region 0)', 'dmesg | grep -i "bridge window"'],
    remedy: ['Switch Above 4G Decoding and SR-IOV on in the firmware of the host', 'Boot with pci=realloc'],
    sources: ['Linux drivers/pci/iov.c, sriov_enable'],
  },
  {
    id: 'reset-failed',
    text: /Failed to return from FLR|not ready \d{1,7}ms after (?:FLR|\w{2,20} reset)(?:; giving up)?/i,
    meaning:
      'The function did not come back after a function level reset; it cannot be used until the drive is reset.',
    decidedBy: ['The drive and its firmware; Linux waits 60 s.'],
    lookAt: ['lspci -vvs ADDRESS', 'dmesg | grep -i aer'],
    remedy: [
      'Reset the slot or power the host off and on',
      'If it happens again: try another reset_method (Linux from about 5.15) or another firmware',
    ],
    sources: ['spdk issue 1492', 'Linux drivers/pci/pci.c, pcie_flr'],
  },
  {
    id: 'power-state',
    text: /(?:Unable|can't|Refused) (?:to )?change power state from D3\w{0,4}|can't change power state from D3\w{0,4}/i,
    meaning:
      'The function was in D3cold and does not answer: reads come back as ones. Drives that are given to a guest are put to sleep by vfio-pci when they are idle.',
    decidedBy: ['The slot and the drive: power management of the port. Linux vfio-pci: disable_idle_d3.'],
    lookAt: ['cat /sys/bus/pci/devices/ADDRESS/power_state, d3cold_allowed', 'lspci -vvs ADDRESS'],
    remedy: [
      'echo 0 > /sys/bus/pci/devices/ADDRESS/d3cold_allowed, or load vfio-pci with disable_idle_d3=1',
      'To get it back: remove it and rescan the bus, or power the slot off and on',
    ],
    sources: ['kata-containers issue 11708', 'Linux drivers/pci/pci.c'],
  },
  {
    id: 'rmrr',
    text: /ineligible for IOMMU domain attach due to platform RMRR/i,
    meaning:
      'The firmware of the host keeps memory for this device (RMRR), so it cannot be given to a guest.',
    decidedBy: ['The firmware of the host.'],
    lookAt: ['dmesg | grep -i RMRR'],
    remedy: ['Switch the feature that needs it off in the firmware of the host, or use another slot'],
    sources: ['Linux drivers/iommu/intel/iommu.c'],
  },
  {
    id: 'iommu-fault',
    text: /DMAR: \[DMA (?:Read|Write)|AMD-Vi: Event logged \[IO_PAGE_FAULT|arm-smmu.{0,60}(?:translation|context) fault/i,
    meaning:
      'The device accessed memory that the IOMMU does not map for it. Often a guest was stopped or a function given back while it still worked.',
    decidedBy: ['The order of the steps; the firmware of the drive in other cases.'],
    lookAt: ['dmesg (the function that is named)', 'ls -l /sys/bus/pci/devices/ADDRESS/driver'],
    remedy: ['Stop and reset the function before it changes its owner'],
    sources: ['Linux drivers/iommu'],
  },
  {
    id: 'controller-down',
    text: /controller is down; will reset/i,
    meaning: 'The driver found the controller failed and resets it; I/O waits meanwhile.',
    decidedBy: ['The drive: CSTS says why (bit 1: fatal status).'],
    lookAt: ['nvme show-regs /dev/nvme0 -H (csts)', 'nvme smart-log /dev/nvme0', 'dmesg'],
    remedy: ['If it comes again: look at health, firmware and power of the drive'],
    sources: ['Linux drivers/nvme/host/pci.c'],
  },
];
