import type { KnownStatus } from '../explanation.ts';

/** Statuses of Namespace Management and Namespace Attachment (NVMe Base 2.1, 5.1.20 and 5.1.21). */
export const namespaceStatuses: readonly KnownStatus[] = [
  {
    id: 'namespace-capacity',
    status: [1, 0x15],
    meaning:
      'The drive has less unallocated capacity than the namespace needs. Often the size was given in bytes: nvme-cli takes logical blocks, so it is 512 or 4096 times too much. Drives round up to a granularity, so the last blocks of UNVMCAP may not be enough either.',
    decidedBy: [
      'The drive: UNVMCAP, and the namespace granularity list where it has one.',
      'nvme-cli from 2.3 takes sizes with a unit (--nsze-si=1T, --ncap-si=1T); older ones take blocks only.',
    ],
    lookAt: [
      'nvme id-ctrl /dev/nvme0 (tnvmcap, unvmcap: bytes)',
      'nvme list-ns /dev/nvme0 --all (a namespace that exists holds the capacity, even without a controller attached to it)',
      'nvme error-log /dev/nvme0 (cs: the bytes that would have been needed)',
    ],
    remedy: [
      'Give UNVMCAP divided by the block size, or less',
      'Delete a namespace first; that destroys its data',
    ],
    sources: ['nvme-cli issues 185, 2136, 2195', 'nvme-cli commit de1170dd7', 'NVMe Base 2.1, 5.1.21.1'],
  },
  {
    id: 'namespace-identifier',
    status: [1, 0x16],
    meaning: 'The drive has no namespace identifier left: it already has as many namespaces as it supports.',
    decidedBy: ['The drive and its firmware: NN and MNAN. A drive with NN 1 can have one namespace only.'],
    lookAt: ['nvme id-ctrl /dev/nvme0 (nn, mnan)', 'nvme list-ns /dev/nvme0 --all'],
    remedy: [
      'Delete a namespace that is not needed, attached or not; that destroys its data',
      'Look for a firmware that supports more namespaces',
    ],
    sources: ['nvme-cli issues 1972, 2820', 'NVMe Base 2.1, 5.1.21.1'],
  },
  {
    id: 'namespace-attached-already',
    status: [1, 0x18],
    meaning: 'A controller of the list is already attached to the namespace. None of the list was attached.',
    decidedBy: ['The state of the drive; it survives resets and reboots.'],
    lookAt: ['nvme list-ctrl /dev/nvme0 --namespace-id=NSID (who is attached)', 'nvme list-ns /dev/nvme0'],
    remedy: [
      'Leave that controller out of the list',
      'If the block device is missing, let the kernel look again: nvme ns-rescan /dev/nvme0',
    ],
    sources: ['NVMe Base 2.1, 5.1.20'],
  },
  {
    id: 'namespace-private',
    status: [1, 0x19],
    meaning:
      'The namespace is private (NMIC bit 0 is 0) and has a controller, so no second one can be attached.',
    decidedBy: ['How the namespace was created: create-ns makes private ones unless --nmic=1 is given.'],
    lookAt: [
      'nvme id-ns /dev/nvme0 --namespace-id=NSID (nmic)',
      'nvme list-ctrl /dev/nvme0 --namespace-id=NSID',
    ],
    remedy: [
      'Detach it from the other controller first',
      'For two controllers at a time it must be created again with --nmic=1; that destroys its data',
    ],
    sources: ['nvme-cli issue 324', 'NVMe Base 2.1, 5.1.20'],
  },
  {
    id: 'namespace-not-attached',
    status: [1, 0x1a],
    meaning: 'A controller of the list is not attached to the namespace, so it cannot be detached.',
    decidedBy: ['The state of the drive.'],
    lookAt: ['nvme list-ctrl /dev/nvme0 --namespace-id=NSID (who is attached)'],
    remedy: ['Detach the controllers of that list only'],
    sources: ['NVMe Base 2.1, 5.1.20'],
  },
  {
    id: 'thin-provisioning',
    status: [1, 0x1b],
    meaning:
      'The capacity (--ncap) is smaller than the size (--nsze), which is thin provisioning, and the drive has none. Leaving --ncap out sends 0.',
    decidedBy: ['The drive: NSFEAT bit 0 of Identify Namespace.'],
    lookAt: ['nvme id-ns /dev/nvme0 --namespace-id=NSID -H (nsfeat, bit 0)'],
    remedy: ['Give --ncap the same number as --nsze'],
    sources: ['NVMe Base 2.1, 5.1.21.1'],
  },
  {
    id: 'controller-list',
    status: [1, 0x1c],
    meaning:
      'The list of controllers is empty, or names one that does not exist in this NVM subsystem or cannot be attached. None was attached.',
    decidedBy: [
      'nvme-cli: without --controllers it sends an empty list.',
      'The drive: controller identifiers often do not begin at 0 or 1, and a secondary controller may have to be online.',
    ],
    lookAt: [
      'nvme id-ctrl /dev/nvme0 (cntlid)',
      'nvme list-ctrl /dev/nvme0 (all identifiers of the subsystem)',
    ],
    remedy: [
      'Give --controllers=CNTLID with an identifier of that list: not the number of /dev/nvme0, the CNTLID',
    ],
    sources: ['nvme-cli issue 629', 'NVMe Base 2.1, 5.1.20'],
  },
  {
    id: 'attachment-limit',
    status: [1, 0x27],
    meaning: 'The controller, or its domain, has as many namespaces attached as it can have.',
    decidedBy: ['The drive: MAXCNA for one controller, MAXDNA for a domain.'],
    lookAt: ['nvme id-ctrl /dev/nvme0 (maxcna, maxdna)', 'nvme list-ns /dev/nvme0'],
    remedy: ['Detach a namespace from this controller first'],
    sources: ['NVMe Base 2.1, 5.1.20'],
  },
  {
    id: 'namespace-format',
    status: [1, 0x0a],
    meaning:
      'The drive does not support the LBA format that was named (--flbas), or not together with the metadata or protection settings.',
    decidedBy: ['The drive: its table of LBA formats, which firmware can change.'],
    lookAt: ['nvme id-ns /dev/nvme0 --namespace-id=0xffffffff -H (lbaf 0 to NLBAF: data and metadata size)'],
    remedy: ['Give an index between 0 and NLBAF whose data size is wanted'],
    sources: ['NVMe Base 2.1, 5.1.21.1 and 5.1.10'],
  },
  {
    id: 'create-namespace-field',
    status: [0, 0x02],
    commands: /create-ns|Namespace Management · Create/,
    meaning:
      'The drive does not take a value of the new namespace: a size of 0, an LBA format or sharing that it does not have, or a field that it wants to be 0.',
    decidedBy: [
      'nvme-cli: --block-size looks the format up and refuses on its own if there is none; a wrong --flbas is sent as it is.',
      'The drive: some want --ncap equal to --nsze, and some want --nmic=0 because they have one controller.',
    ],
    lookAt: [
      'nvme id-ns /dev/nvme0 --namespace-id=0xffffffff -H (lbaf, nsfeat, nmic)',
      'nvme id-ctrl /dev/nvme0 (cmic bit 1: several controllers)',
      'nvme error-log /dev/nvme0 (parm_err_loc: which byte of the command or data)',
    ],
    remedy: ['Give --nsze and --ncap the same number of blocks and --flbas an index that the drive lists'],
    sources: ['nvme-cli issue 2359', 'NVMe Base 2.1, 5.1.21.1'],
  },
  {
    id: 'attach-namespace-field',
    status: [0, 0x02],
    commands: /attach-ns|detach-ns|delete-ns|Namespace Attachment|Namespace Management · Delete/,
    meaning:
      'The drive does not take a value of the command. For attach and detach the namespace identifier FFFFFFFFh (all) is not allowed; only delete takes it.',
    decidedBy: ['The specification for FFFFFFFFh; the drive for the rest.'],
    lookAt: ['nvme list-ns /dev/nvme0 --all', 'nvme error-log /dev/nvme0 (parm_err_loc)'],
    remedy: ['Name one namespace after the other, with --controllers'],
    sources: ['spdk issue 1522', 'NVMe Base 2.1, 5.1.20'],
  },
  {
    id: 'namespace-opcode',
    status: [0, 0x01],
    commands: /create-ns|delete-ns|attach-ns|detach-ns|Namespace (?:Management|Attachment)/,
    meaning:
      'The controller has no Namespace Management: most consumer drives have one fixed namespace. Secondary controllers usually do not have it either.',
    decidedBy: ['The drive and its firmware: OACS bit 3.'],
    lookAt: ['nvme id-ctrl /dev/nvme0 -H (oacs, bit 3)'],
    remedy: [
      'Send it to the primary controller',
      'Without OACS bit 3 the drive cannot be divided into namespaces; divide it with partitions or volumes on the host',
    ],
    sources: ['nvme-cli issue 1024', 'NVMe Base 2.1, 5.1.21'],
  },
  {
    id: 'invalid-namespace',
    status: [0, 0x0b],
    meaning:
      'The namespace does not exist, is not attached to this controller, or its format does not fit the command. A command that was meant for another drive ends so too.',
    decidedBy: [
      'The state of the drive: create-ns alone does not attach.',
      'Linux numbers drives as it finds them: /dev/nvme0n1 can belong to the controller nvme3.',
    ],
    lookAt: [
      'nvme list-ns /dev/nvme0 --all (allocated) and without --all (attached to this controller)',
      'nvme list -v (which controller a block device belongs to)',
    ],
    remedy: ['Give an identifier of these lists', 'Attach the namespace first: nvme attach-ns'],
    sources: ['nvme-cli issue 454', 'NVMe Base 2.1, 4.2.3.1'],
  },
];
