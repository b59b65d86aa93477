import type { KnownText } from '../explanation.ts';

const plainVfio = [
  'Linux: plain vfio-pci has no migration; a variant driver with mig_ops for this drive is needed (VFIO migration protocol version 2, since 5.18).',
  'QEMU 8.0 and later speak version 2; libvirt refuses before that.',
];

/** What is printed when a guest with a function of a drive cannot be migrated. */
export const migrationWords: readonly KnownText[] = [
  {
    id: 'migration-not-in-kernel',
    text: /VFIO migration is not supported in kernel/i,
    meaning:
      'The kernel offers no migration for this function: it is bound to plain vfio-pci, or the drive offers none.',
    decidedBy: plainVfio,
    lookAt: ['readlink /sys/bus/pci/devices/ADDRESS/driver', 'modinfo of the variant driver of the vendor'],
    remedy: [
      'Bind the function to the variant driver of its vendor, if there is one (no public one exists for NVMe yet)',
      'Otherwise unplug the function before the migration and plug another one in after it',
    ],
    sources: ['QEMU hw/vfio/migration.c', 'Linux include/uapi/linux/vfio.h'],
  },
  {
    id: 'only-migratable',
    text: /disallowing migration blocker \(--only-migratable\)/i,
    meaning:
      'The guest was started with --only-migratable, and this device cannot be migrated, so it was not added.',
    decidedBy: [...plainVfio, 'QEMU: --only-migratable turns what would block later into a refusal now.'],
    lookAt: ['readlink /sys/bus/pci/devices/ADDRESS/driver', 'The words after "for:": the reason'],
    remedy: ['Use a function that can be migrated, or start the guest without --only-migratable'],
    sources: ['QEMU migration/migration.c'],
  },
  {
    id: 'vfio-no-migration',
    text: /VFIO device doesn'?t support (?:device )?(?:and IOMMU )?(?:migration|dirty tracking)|VFIO (?:device )?does not support migration/i,
    meaning:
      'A function of the guest blocks the migration: its driver cannot save and load the state of the device, or what it writes cannot be tracked.',
    decidedBy: [
      ...plainVfio,
      'Dirty tracking: by the device, or by the IOMMU through iommufd in newer Linux and QEMU.',
    ],
    lookAt: [
      'readlink /sys/bus/pci/devices/ADDRESS/driver',
      'virsh qemu-monitor-command DOMAIN --hmp "info migrate" (blocked reasons)',
    ],
    remedy: [
      'Detach the function, migrate, attach another one at the destination',
      'Or use a drive and driver with migration',
    ],
    sources: ['QEMU hw/vfio/migration.c', 'libvirt src/qemu/qemu_migration.c'],
  },
  {
    id: 'non-usb-host-devices',
    text: /domain has assigned non-USB host devices|domain has (?:an? )?(?:assigned|attached) (?:PCI )?(?:host ?dev|device)/i,
    meaning:
      'This libvirt refuses to migrate a guest with a host device, without asking whether the device could.',
    decidedBy: [
      'libvirt before 8.6 (August 2022) refuses every PCI host device; later ones ask QEMU. Distributions put that into older versions too.',
    ],
    lookAt: ['virsh version', 'virsh dumpxml DOMAIN | grep -A4 hostdev'],
    remedy: ['Update libvirt and QEMU; or detach the function for the migration'],
    sources: ['libvirt src/qemu/qemu_migration.c'],
  },
  {
    id: 'viommu-blocks',
    text: /(?:vIOMMU|virtual IOMMU|viommu).{0,80}(?:migrat|not supported)|Migration is currently not supported with vIOMMU/i,
    meaning:
      'The guest has an IOMMU of its own, and dirty tracking of the device does not go together with it.',
    decidedBy: [
      'QEMU before 11.1 refuses; 11.1 allows it if no function uses dirty tracking of the device.',
      'cloud-hypervisor refuses.',
    ],
    lookAt: ['The command line of the guest (intel-iommu, virtio-iommu, --iommu)'],
    remedy: ['Leave the vIOMMU out, or update QEMU'],
    sources: ['QEMU commit 0e3c1e2b', 'cloud-hypervisor 53 release notes'],
  },
  {
    id: 'multiple-vfio',
    text: /Migration is currently not supported with multiple VFIO devices/i,
    meaning: 'The guest has more than one function, and one of them cannot stop peer-to-peer traffic first.',
    decidedBy: [
      'QEMU before 8.2 for every device; later only without P2P support of the driver (VFIO_MIGRATION_P2P).',
    ],
    lookAt: ['qemu-system-x86_64 --version'],
    remedy: ['Update QEMU, or give the guest one function'],
    sources: ['QEMU hw/vfio/migration.c'],
  },
  {
    id: 'guest-memory-too-large',
    text: /(?:guest memory|memory region).{0,60}too large.{0,80}(?:unmap|bitmap)|unmap_bitmap/i,
    meaning: 'The guest has more memory than one bitmap of changed pages can describe.',
    decidedBy: [
      'Linux: the largest bitmap of VFIO. QEMU 11.1 says so before the migration, older ones fail in it.',
    ],
    lookAt: ['The memory of the guest; its page size'],
    remedy: ['Use iommufd with dirty tracking of the IOMMU, or a guest with less memory'],
    sources: ['QEMU commit 46c76331'],
  },
  {
    id: 'emulated-nvme',
    text: /(?:nvme|State blocked by non-migratable device).{0,120}(?:non-migratable|does not support migration|migration is not supported)|non-migratable device '[^']{0,100}nvme'?/i,
    meaning: 'The guest has the NVMe device that QEMU emulates, in a form that cannot be migrated.',
    decidedBy: ['QEMU before 11.1: never. From 11.1: the basic form; SR-IOV and other parts block.'],
    lookAt: ['qemu-system-x86_64 --version'],
    remedy: ['Update both hosts to QEMU 11.1, or use virtio-blk for this guest'],
    sources: ['QEMU commits 9d378cab, 5320d335'],
  },
  {
    id: 'vfio-state',
    text: /(?:Failed|failed|unable) to set (?:the )?(?:VFIO )?device state|vfio.{0,60}(?:failed setting state|Unable to set device state)/i,
    meaning:
      'The variant driver refused a change of the migration state. With "device is in error state" only a reset helps.',
    decidedBy: ['The variant driver and the firmware of the drive.'],
    lookAt: ['dmesg of both hosts', 'nvme list-secondary /dev/nvme0 of the destination'],
    remedy: [
      'Compare model, firmware and resources of both functions; reset the destination function and try again',
    ],
    sources: ['QEMU hw/vfio/migration.c'],
  },
  {
    id: 'switchover-ack',
    text: /switchover.?ack/i,
    meaning:
      'The acknowledgement that the destination is ready came when it was not expected, or is not supported by both sides.',
    decidedBy: [
      'QEMU 8.1 and later have it; 11.1 reworked it, and one that comes after the decision fails the migration there.',
    ],
    lookAt: ['qemu-system-x86_64 --version on both hosts', 'info migrate_capabilities'],
    remedy: ['Use the same QEMU version on both hosts, or switch the capability off on both'],
    sources: ['QEMU commits 5fcadd7d, f4ba2df1, 8757d515'],
  },
  {
    id: 'cloud-hypervisor-migration',
    text: /Migrat(?:e|ion)(?:Send|Receive|ableError)\w{0,30}\(|MigratableError|DirtyLog\w{0,20}\(/,
    meaning:
      'The hypervisor (cloud-hypervisor) could not migrate the guest; the words inside say which device.',
    decidedBy: [
      'cloud-hypervisor before 53 migrates no VFIO device; 53 needs a variant driver with DMA logging and iommufd=on, and has no PRE_COPY.',
    ],
    lookAt: ['cloud-hypervisor --version', 'readlink /sys/bus/pci/devices/ADDRESS/driver'],
    remedy: ['Update it, add iommufd=on, or remove the device for the migration'],
    sources: ['cloud-hypervisor 53 release notes'],
  },
];
