import { bits, flag, nsid, split } from './command-codec.ts';
import { defineCommand } from './define-command.ts';

/** Format NVM (NVMe Base 2.1, 5.1.10). */
export const formatNvm = defineCommand({
  opcode: 0x80,
  name: 'Format NVM',
  clause: 'NVMe Base 2.1, 5.1.10',
  fields: {
    nsid,
    /** User Data Format index, LBAFL and LBAFU together. */
    lbaf: split(bits('cdw10', 3, 0), bits('cdw10', 13, 12)),
    /** Metadata Settings. */
    mset: flag('cdw10', 4),
    /** Protection Information: 0 for none. */
    pi: bits('cdw10', 7, 5),
    /** Protection Information Location. */
    pil: flag('cdw10', 8),
    /** Secure Erase Settings. */
    ses: bits('cdw10', 11, 9),
  },
});
