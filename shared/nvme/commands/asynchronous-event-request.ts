import { defineCommand } from './define-command.ts';

/** Asynchronous Event Request (NVMe Base 2.1, 5.1.2): completes when something happens. */
export const asynchronousEventRequest = defineCommand({
  opcode: 0x0c,
  name: 'Asynchronous Event Request',
  clause: 'NVMe Base 2.1, 5.1.2',
  fields: {},
  result: {
    /** Asynchronous Event Type. */
    aet: [2, 0],
    /** Asynchronous Event Information. */
    aei: [15, 8],
    /** Log Page Identifier. */
    lpi: [23, 16],
  },
  words: () => [undefined, ''],
});
