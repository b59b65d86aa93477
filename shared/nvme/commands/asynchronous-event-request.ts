import { defineCommand } from './define-command.ts';

/** Asynchronous Event Request (NVMe Base 2.1, 5.1.2): completes when something happens. */
export const asynchronousEventRequest = defineCommand({
  opcode: 0x0c,
  name: 'Asynchronous Event Request',
  clause: 'NVMe Base 2.1, 5.1.2',
  fields: {},
  words: () => [undefined, ''],
});
