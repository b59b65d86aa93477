import { defineCommand } from './define-command.ts';

/** Keep Alive (NVMe Base 2.1, 5.1.14). */
export const keepAlive = defineCommand({
  opcode: 0x18,
  name: 'Keep Alive',
  clause: 'NVMe Base 2.1, 5.1.14',
  fields: {},
});
