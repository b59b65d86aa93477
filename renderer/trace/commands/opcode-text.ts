/** `1Ch`, as the specification writes opcodes. */
export function opcodeText(opcode: number): string {
  return `${opcode.toString(16).toUpperCase().padStart(2, '0')}h`;
}
