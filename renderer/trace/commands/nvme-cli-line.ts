import { adminCommand } from '#shared/nvme/command.ts';
import { commandLine, dataDirection } from '#shared/nvme/commands/table.ts';
import type { CommandTraceEntry } from '#shared/trace/schema.ts';

/**
 * The command as one line for nvme-cli. Data that went to the controller is not in the trace, so such a command becomes
 * an `admin-passthru` line that reads it from a file, rather than a line that would send something else.
 */
export function nvmeCliLine(entry: CommandTraceEntry): string {
  const device = entry.controller.startsWith('nvme') ? `/dev/${entry.controller}` : entry.controller;
  const [cdw10 = 0, cdw11 = 0, cdw12 = 0, cdw13 = 0, cdw14 = 0, cdw15 = 0] = entry.dwords;
  const sendsData = dataDirection(entry.opcode) === 'to-controller' && entry.dataLength > 0;
  if (!sendsData) {
    const { opcode, nsid, dataLength } = entry;
    return commandLine(
      adminCommand({ opcode, nsid, cdw10, cdw11, cdw12, cdw13, cdw14, cdw15, readLength: dataLength }),
      device,
    );
  }
  const hex = (value: number) => `0x${value.toString(16)}`;
  const parts = ['nvme admin-passthru', device, `--opcode=${hex(entry.opcode)}`];
  if (entry.nsid !== 0) parts.push(`--namespace-id=${hex(entry.nsid)}`);
  entry.dwords.forEach((dword, index) => {
    if (dword !== 0) parts.push(`--cdw${index + 10}=${hex(dword)}`);
  });
  return [...parts, `--data-len=${entry.dataLength}`, '--write', '--input-file=data.bin'].join(' ');
}
