import { bits, flag } from './command-codec.ts';
import { defineCommand } from './define-command.ts';

const qid = bits('cdw10', 15, 0);
/** Entries of the queue, 0's based. */
const qsize = bits('cdw10', 31, 16);
/** Physically Contiguous. */
const pc = flag('cdw11', 0);

/** Create I/O Completion Queue (NVMe Base 2.1, 5.2.1). */
export const createCompletionQueue = defineCommand({
  opcode: 0x05,
  name: 'Create I/O Completion Queue',
  clause: 'NVMe Base 2.1, 5.2.1',
  fields: {
    qid,
    qsize,
    pc,
    /** Interrupts Enabled. */
    ien: flag('cdw11', 1),
    /** Interrupt Vector. */
    iv: bits('cdw11', 31, 16),
  },
});

/** Create I/O Submission Queue (NVMe Base 2.1, 5.2.2). */
export const createSubmissionQueue = defineCommand({
  opcode: 0x01,
  name: 'Create I/O Submission Queue',
  clause: 'NVMe Base 2.1, 5.2.2',
  fields: {
    qid,
    qsize,
    pc,
    /** Queue Priority. */
    qprio: bits('cdw11', 2, 1),
    /** The completion queue that it uses. */
    cqid: bits('cdw11', 31, 16),
    nvmsetid: bits('cdw12', 15, 0),
  },
});

/** Delete I/O Completion Queue (NVMe Base 2.1, 5.2.3). */
export const deleteCompletionQueue = defineCommand({
  opcode: 0x04,
  name: 'Delete I/O Completion Queue',
  clause: 'NVMe Base 2.1, 5.2.3',
  fields: { qid },
});

/** Delete I/O Submission Queue (NVMe Base 2.1, 5.2.4). */
export const deleteSubmissionQueue = defineCommand({
  opcode: 0x00,
  name: 'Delete I/O Submission Queue',
  clause: 'NVMe Base 2.1, 5.2.4',
  fields: { qid },
});
