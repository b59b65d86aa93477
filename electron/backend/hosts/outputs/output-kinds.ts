import { jsonOutput } from './json-output.ts';
import { indexListOutput } from './nvme/index-lists.ts';
import { keyValueOutput } from './nvme/key-values.ts';
import { listOutput, listSubsystemsOutput, verboseListOutput } from './nvme/list-tables.ts';
import { secondaryListOutput } from './nvme/secondary-list.ts';
import { kernelLogOutput } from './other/kernel-log.ts';
import { kernelReleaseOutput } from './other/kernel-release.ts';
import { libvirtOutput } from './other/libvirt-xml.ts';
import { lspciOutput } from './other/lspci.ts';
import { refusalOutput } from './other/refusal.ts';
import { sysfsLinesOutput } from './other/sysfs-lines.ts';
import type { OutputKind } from './output-kind.ts';

/** Every kind of output that is read. The first that a line begins has it. */
export const outputKinds: readonly OutputKind[] = [
  jsonOutput,
  secondaryListOutput,
  verboseListOutput,
  listOutput,
  listSubsystemsOutput,
  indexListOutput,
  sysfsLinesOutput,
  refusalOutput,
  kernelReleaseOutput,
  lspciOutput,
  libvirtOutput,
  kernelLogOutput,
  keyValueOutput,
];
