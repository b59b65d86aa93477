import { type NvmeCliRelease, nvmeReleases, programOfRelease } from '#shared/nvme/nvme-cli/nvme-release.ts';
import { catProgram } from './cat.ts';
import { hostnameProgram, idProgram, unameProgram, whoamiProgram } from './identity.ts';
import { dmesgProgram, lsmodProgram, modprobeProgram, udevadmProgram } from './kernel-modules.ts';
import { lsblkProgram } from './list-blocks.ts';
import { lspciProgram } from './list-pci.ts';
import { nvmeProgram, simulationProgram } from './nvme.ts';
import type { HostProgram } from './program.ts';
import { readLinksProgram } from './read-links.ts';
import { teeProgram } from './tee.ts';
import { virshProgram } from './virsh.ts';
import { sudoProgram, timeoutProgram } from './wrappers.ts';

/** Programs of a simulated host that the shell does not bring with it, or not as the host has them. */
export function programsOf(nvme: NvmeCliRelease): Readonly<Record<string, HostProgram>> {
  return { ...programs, nvme: nvmeProgram(nvme) };
}

const programs: Readonly<Record<string, HostProgram>> = {
  berth: simulationProgram,
  cat: catProgram,
  dmesg: dmesgProgram,
  hostname: hostnameProgram,
  id: idProgram,
  lsblk: lsblkProgram,
  lsmod: lsmodProgram,
  lspci: lspciProgram,
  modprobe: modprobeProgram,
  ...Object.fromEntries(nvmeReleases.map((release) => [programOfRelease(release), nvmeProgram(release)])),
  readlink: readLinksProgram('readlink'),
  realpath: readLinksProgram('realpath'),
  sudo: sudoProgram,
  tee: teeProgram,
  timeout: timeoutProgram,
  udevadm: udevadmProgram,
  uname: unameProgram,
  virsh: virshProgram,
  whoami: whoamiProgram,
};
