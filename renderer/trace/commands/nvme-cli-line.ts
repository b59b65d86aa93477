import { tracedCommandLine } from '#shared/nvme/commands/table.ts';
import type { NvmeCliGeneration } from '#shared/nvme/nvme-cli/nvme-cli-line.ts';
import type { CommandTraceEntry } from '#shared/trace/schema.ts';

/**
 * The command as one line for nvme-cli. Data that went to the controller is not in the trace, so such a command becomes
 * an `admin-passthru` line that reads it from a file, rather than a line that would send something else.
 */
export function tracedNvmeCliLine(entry: CommandTraceEntry, generation: NvmeCliGeneration): string {
  const device = entry.controller.startsWith('nvme') ? `/dev/${entry.controller}` : entry.controller;
  const [cdw10 = 0, cdw11 = 0, cdw12 = 0, cdw13 = 0, cdw14 = 0, cdw15 = 0] = entry.dwords;
  const { opcode, nsid, dataLength } = entry;
  const command = { opcode, nsid, cdw10, cdw11, cdw12, cdw13, cdw14, cdw15 };
  return tracedCommandLine(command, dataLength, device, generation);
}
