import type { KnownStatus } from '../explanation.ts';

/** Statuses of Virtualization Management and of commands to a virtual function (NVMe Base 2.1, 5.2.6 and 8.2.6). */
export const virtualizationStatuses: readonly KnownStatus[] = [
  {
    id: 'virt-mgmt-controller-identifier',
    status: [1, 0x1f],
    meaning:
      'The controller does not know the controller identifier. In virt-mgmt that is often so because its virtual function does not exist: a secondary controller takes resources while its virtual function is disabled, but some drives refuse to bring it online then with this status instead of Invalid Secondary Controller State.',
    decidedBy: [
      'The drive: which of the two statuses it answers for a virtual function that is not enabled.',
      'nvme-cli up to 2.16: options that stand before --cntlid are zeroed, so another controller or action is asked for; mended in 3.0.',
    ],
    lookAt: [
      'cat /sys/bus/pci/devices/ADDRESS/sriov_numvfs (0: no virtual function exists)',
      'nvme list-secondary /dev/nvme0 (SCID is the identifier to give, VFN the number of its virtual function)',
      'nvme list-ctrl /dev/nvme0 (every controller of the subsystem, for other commands)',
    ],
    remedy: [
      'Enable the virtual functions first: echo COUNT > /sys/bus/pci/devices/ADDRESS/sriov_numvfs',
      'Give an SCID of the list as --cntlid, and --cntlid as the first option',
      'Send the command to the primary controller',
    ],
    sources: ['nvme-cli issue 1126', 'nvme-cli commit 91cc3ee99', 'NVMe Base 2.1, 5.2.6'],
  },
  {
    id: 'secondary-state',
    status: [1, 0x20],
    meaning:
      'The action does not fit the state of the secondary controller. Bringing it online needs its virtual function enabled, two VQ resources and one VI resource where the drive has flexible ones, and an enabled primary controller. Assigning resources needs it offline.',
    decidedBy: [
      'The drive: some want VQ and VI assigned to all secondary controllers before the virtual functions are enabled, others want a reset of the virtual function before online.',
      'nvme-cli 1.14 sent the number of resources as 0; nvme-cli up to 2.16 zeroes options before --cntlid.',
    ],
    lookAt: [
      'nvme list-secondary /dev/nvme0 (SCS: 1 is online; NVQ, NVI: what it has)',
      'nvme primary-ctrl-caps /dev/nvme0 (CRT: which kinds of resources are flexible)',
      'cat /sys/bus/pci/devices/ADDRESS/sriov_numvfs',
    ],
    remedy: [
      'To assign: take it offline first (nvme virt-mgmt /dev/nvme0 --cntlid=ID --act=7)',
      'To bring it online: enable its virtual function, assign at least 2 VQ and 1 VI, reset the virtual function (echo 1 > /sys/bus/pci/devices/VF/reset), then --act=9',
    ],
    sources: ['nvme-cli issue 1049', 'NVMe Base 2.1, 8.2.6.3'],
  },
  {
    id: 'number-of-resources',
    status: [1, 0x21],
    meaning:
      'More resources were asked for than one secondary controller may have (VQFRSM, VIFRSM), or than the drive has in all when the primary allocates.',
    decidedBy: ['The drive: its Primary Controller Capabilities.'],
    lookAt: ['nvme primary-ctrl-caps /dev/nvme0 (vqfrsm, vifrsm: the most for one; vqfrt, vifrt: in all)'],
    remedy: ['Give a number (--nr) of at most VQFRSM for VQ (--rt=0) and VIFRSM for VI (--rt=1)'],
    sources: ['NVMe Base 2.1, 5.2.6 and figure "Primary Controller Capabilities Structure"'],
  },
  {
    id: 'resource-identifier',
    status: [1, 0x22],
    meaning:
      'The resources are not there to give: the pool has fewer unassigned ones than asked for, or the resource type does not exist (0 is VQ, 1 is VI).',
    decidedBy: [
      'What other secondary controllers and the primary hold: nothing flexible is free until one of them gives it back.',
      'Whether the primary gave up flexible resources: that takes effect at a reset of its function, not at once.',
    ],
    lookAt: [
      'nvme primary-ctrl-caps /dev/nvme0 (vqfrt minus vqrfa minus vqrfap is free)',
      'nvme list-secondary /dev/nvme0 (who holds how much)',
    ],
    remedy: [
      'Ask for less, or take another secondary controller offline and assign it 0',
      'Lower what the primary holds (--act=1), then reset its PCI function; a controller reset is not enough',
    ],
    sources: ['NVMe Base 2.1, 5.2.6 and 8.2.6.1'],
  },
  {
    id: 'virt-mgmt-opcode',
    status: [0, 0x01],
    commands: /virt-mgmt|primary-ctrl-caps|Virtualization Management/,
    meaning:
      'The controller has no Virtualization Management: it is a secondary controller or a drive without it. A drive can have virtual functions all the same; then resources are not assigned, as on DPUs.',
    decidedBy: ['The drive and its firmware: OACS bit 7.'],
    lookAt: ['nvme id-ctrl /dev/nvme0 -H (oacs, bit 7)', 'lspci -vvs ADDRESS (SR-IOV capability)'],
    remedy: [
      'Send it to the primary controller',
      'Without OACS bit 7, leave the resources out: enable the virtual functions and use them; some vendors need their own switch first (for example nvme dapu set-sriov)',
    ],
    sources: ['NVMe Base 2.1, 5.2.6 and figure "Identify Controller Data Structure" (OACS)'],
  },
  {
    id: 'virt-mgmt-field',
    status: [0, 0x02],
    commands:
      /virt-mgmt|primary-ctrl-caps|list-secondary|Virtualization Management|Primary Controller Capabilities|Secondary Controller List/,
    meaning:
      'The drive does not take a value of the command: an action other than 1, 7, 8 and 9, a reserved resource type, or a structure that it does not have.',
    decidedBy: [
      'The drive: OACS bit 7 says whether it has Virtualization Management.',
      'nvme-cli up to 2.16: options before --cntlid are zeroed, so an action of 0 was sent.',
    ],
    lookAt: ['nvme id-ctrl /dev/nvme0 -H (oacs, bit 7)', 'nvme --version'],
    remedy: ['Give --cntlid as the first option', 'Send the command to the primary controller'],
    sources: ['nvme-cli commit 91cc3ee99', 'NVMe Base 2.1, 5.2.6'],
  },
];
