import type { KnownText } from '../explanation.ts';

/** What nvme-cli prints without a status of the drive. */
export const nvmeCliWords: readonly KnownText[] = [
  {
    id: 'no-resources-modified',
    text: /Number of (?:Controller )?Resources (?:Modified \(NRM\)|allocated):\s*(?:0x0*|0+)(?![0-9a-f])/i,
    meaning: 'The command succeeded and changed nothing: the drive was asked for 0 resources.',
    decidedBy: [
      'nvme-cli 1.14 sent the number of resources as 0; nvme-cli up to 2.16 zeroes options before --cntlid.',
      'nvme-cli 3.0 prints nothing on success, and with -v the number in decimal.',
    ],
    lookAt: ['nvme --version', 'nvme list-secondary /dev/nvme0 (NVQ, NVI)'],
    remedy: ['Give --cntlid as the first option, then --rt, --act and --nr'],
    sources: ['nvme-cli issue 1049', 'nvme-cli commit 91cc3ee99'],
  },
  {
    id: 'empty-controller-list',
    text: /empty controller-id list/i,
    meaning:
      'No controller was named, so nothing was attached or detached, whatever success the next line reports.',
    decidedBy: ['nvme-cli before 1.12 reported success here without the warning.'],
    lookAt: ['nvme id-ctrl /dev/nvme0 (cntlid)', 'nvme list-ctrl /dev/nvme0 --namespace-id=NSID'],
    remedy: ['Give --controllers=CNTLID'],
    sources: ['nvme-cli issues 629, 704', 'nvme-cli commit 68dae4084'],
  },
  {
    id: 'block-size-not-found',
    text: /FLBAS corresponding to block size \S{1,20} not found/i,
    meaning:
      'There is no LBA format with this block size and without metadata, or no block size was given; nvme-cli sent nothing.',
    decidedBy: ['The drive: its LBA formats, as Identify Namespace with NSID FFFFFFFFh gives them.'],
    lookAt: ['nvme id-ns /dev/nvme0 --namespace-id=0xffffffff -H (lbaf)'],
    remedy: ['Give --flbas=INDEX instead of --block-size, or a block size of the list'],
    sources: ['nvme-cli issue 2359'],
  },
  {
    id: 'deprecated-name',
    text: /\bnvme\b.{0,200}\bdeprecated\b/i,
    meaning: 'This name of the command is an old one; the command runs all the same.',
    decidedBy: ['nvme-cli 3.0 groups its commands; the old names can be left out when it is built.'],
    lookAt: ['nvme --version', 'nvme help'],
    remedy: ['In scripts for 3.0, use the new name (for example nvme ns attach)'],
    sources: ['nvme-cli 3.0-rc1'],
  },
  {
    id: 'no-nvme-device',
    text: /\/dev\/nvme\d+(?:n\d+)?:? No such file or directory|Failed to open (?:\/dev\/)?nvme\S{0,20}|failed to open \/dev\/nvme/i,
    meaning:
      'The controller or block device has no file: the drive is gone, another driver (vfio-pci) has it, its probe failed, or it has another number now.',
    decidedBy: ['Linux: numbers are given in the order of probing and can change at every boot.'],
    lookAt: [
      'nvme list-subsys; ls -l /sys/class/nvme',
      'lspci -nnk -d ::0108 (which driver has which function)',
      'dmesg | grep -i nvme',
    ],
    remedy: ['Give the function back to the nvme driver, or use the number that it has now'],
    sources: ['Linux drivers/nvme/host/core.c'],
  },
  {
    id: 'nvme-permission',
    text: /\/dev\/nvme\S{0,20}:? (?:Permission denied|Operation not permitted)/i,
    meaning: 'The admin command was not sent: the user may not send it.',
    decidedBy: [
      'Linux: all but a few reading commands need CAP_SYS_ADMIN; from about 6.2 some reading ones do not.',
    ],
    lookAt: ['id', 'ls -l /dev/nvme0'],
    remedy: ['Run it as root'],
    sources: ['Linux drivers/nvme/host/ioctl.c'],
  },
];
