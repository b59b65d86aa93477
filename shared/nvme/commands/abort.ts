import { bits } from './command-codec.ts';
import { defineCommand } from './define-command.ts';
import { identifierText } from './named-value.ts';

/** Abort (NVMe Base 2.1, 5.1.1): submission queue and command identifier of the command to abort. */
export const abort = defineCommand({
  opcode: 0x08,
  name: 'Abort',
  clause: 'NVMe Base 2.1, 5.1.1',
  fields: { sqid: bits('cdw10', 15, 0), cid: bits('cdw10', 31, 16) },
  /** Immediate Abort Not Performed. */
  result: { ianp: [0] },
  words: ({ sqid, cid }) => [undefined, `SQID ${sqid} CID ${identifierText(cid)}`],
});
