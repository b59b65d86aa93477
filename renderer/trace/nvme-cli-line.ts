import type { CommandTraceEntry } from '#shared/trace/schema.ts';

/**
 * The command as one line for nvme-cli. `admin-passthru` because it says exactly what was sent, whatever the opcode.
 * Bits 1:0 of an opcode tell the direction of its data (NVMe Base 2.1, 3.1.2: 01b host to controller, 10b back).
 */
export function nvmeCliLine(entry: CommandTraceEntry): string {
  const hex = (value: number) => `0x${value.toString(16)}`;
  const device = entry.controller.startsWith('nvme') ? `/dev/${entry.controller}` : entry.controller;
  const parts = ['nvme admin-passthru', device, `--opcode=${hex(entry.opcode)}`];
  if (entry.nsid !== 0) parts.push(`--namespace-id=${hex(entry.nsid)}`);
  entry.dwords.forEach((dword, index) => {
    if (dword !== 0) parts.push(`--cdw${index + 10}=${hex(dword)}`);
  });
  if (entry.dataLength > 0) {
    parts.push(`--data-len=${entry.dataLength}`);
    const direction = entry.opcode & 0x3;
    if (direction === 1) parts.push('--write', '--input-file=data.bin');
    if (direction === 2) parts.push('--read');
  }
  return parts.join(' ');
}
