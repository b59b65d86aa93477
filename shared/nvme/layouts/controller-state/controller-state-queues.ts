import { type Result, succeed } from '../../../result.ts';
import { rangeFailure } from '../../byte-view.ts';
import { dwordCodec } from '../../dword-codec.ts';
import { decodeFields, encodeFields, type FieldValues, fieldsOf } from '../../layout.ts';

const clause = 'NVMe Base 2.1, 5.1.17 (NVMe Controller State)';
const structure = 'NVMe Controller State';
const headerLength = 8;
const entryLength = 24;

/** Header of the NVMe-defined part, offsets from its own start. */
export const nvmeControllerStateFields = fieldsOf(clause, [
  ['ver', 0, 2, 'unsigned', 'Version', { maximum: 0 }],
  ['niosq', 2, 2, 'unsigned', 'Number of I/O Submission Queues'],
  ['niocq', 4, 2, 'unsigned', 'Number of I/O Completion Queues'],
]);

/** One I/O submission queue, 24 bytes. QSIZE is 0's based as in Create I/O Submission Queue. */
export const submissionQueueStateFields = fieldsOf(clause, [
  ['prp1', 0, 8, 'big', 'PRP Entry 1'],
  ['qsize', 8, 2, 'unsigned', 'Queue Size'],
  ['qid', 10, 2, 'unsigned', 'Queue Identifier'],
  ['cqid', 12, 2, 'unsigned', 'Completion Queue Identifier'],
  ['attributes', 14, 2, 'unsigned', 'Physically Contiguous in bit 0, Queue Priority in bits 2:1'],
  ['head', 16, 2, 'unsigned', 'Head Pointer'],
  ['tail', 18, 2, 'unsigned', 'Tail Pointer'],
]);
/** Attributes of an I/O submission queue. */
export const submissionQueueAttributes = dwordCodec({
  /** Physically Contiguous. */
  pc: [0],
  /** Queue Priority. */
  qprio: [2, 1],
});
export type SubmissionQueueState = FieldValues<typeof submissionQueueStateFields>;

/** One I/O completion queue, 24 bytes. */
export const completionQueueStateFields = fieldsOf(clause, [
  ['prp1', 0, 8, 'big', 'PRP Entry 1'],
  ['qsize', 8, 2, 'unsigned', 'Queue Size'],
  ['qid', 10, 2, 'unsigned', 'Queue Identifier'],
  ['head', 12, 2, 'unsigned', 'Head Pointer'],
  ['tail', 14, 2, 'unsigned', 'Tail Pointer'],
  [
    'attributes',
    16,
    4,
    'unsigned',
    'Attributes, Interrupt Vector in bits 31:16',
    {
      bits: [
        { bit: 0, mnemonic: 'PC', title: 'Physically contiguous' },
        { bit: 1, mnemonic: 'IEN', title: 'Interrupts enabled' },
        { bit: 2, mnemonic: 'S0PT', title: 'Phase tag of slot 0' },
      ],
    },
  ],
]);
/** Attributes of an I/O completion queue. */
export const completionQueueAttributes = dwordCodec({
  /** Physically Contiguous. */
  pc: [0],
  /** Interrupts Enabled. */
  ien: [1],
  /** Slot 0 Phase Tag. */
  s0pt: [2],
  /** Interrupt Vector. */
  iv: [31, 16],
});
export type CompletionQueueState = FieldValues<typeof completionQueueStateFields>;

/** The NVMe-defined part of the Controller State: the I/O queues, each list ascending by queue identifier. */
export interface NvmeControllerState {
  readonly submissionQueues: readonly SubmissionQueueState[];
  readonly completionQueues: readonly CompletionQueueState[];
}

/** Length in bytes of the NVMe-defined part; always a multiple of 4. */
export function nvmeControllerStateLength(state: NvmeControllerState): number {
  return headerLength + entryLength * (state.submissionQueues.length + state.completionQueues.length);
}

/**
 * Decodes the NVMe-defined part, which must fill bytes `start` to `end` exactly. Refuses versions above 0 and queue
 * identifiers that are not ascending from 1.
 */
export function decodeNvmeControllerState(
  bytes: Uint8Array,
  start: number,
  end: number,
): Result<NvmeControllerState> {
  const header = decodeFields(structure, nvmeControllerStateFields, bytes.subarray(0, end), start);
  if (!header.ok) return header;
  const { niosq, niocq } = header.value;
  const needed = headerLength + entryLength * (niosq + niocq);
  if (needed !== end - start)
    return rangeFailure(
      'device-data',
      { structure, field: 'NIOSQ and NIOCQ', offset: start + 2, size: 4 },
      `${niosq} and ${niocq} queues take ${needed} bytes, but NVMECSS says ${end - start}`,
    );
  const submissionQueues: SubmissionQueueState[] = [];
  const completionQueues: CompletionQueueState[] = [];
  let at = start + headerLength;
  for (let index = 0; index < niosq + niocq; index++, at += entryLength) {
    const isSubmission = index < niosq;
    const name = `${structure}, I/O ${isSubmission ? 'submission' : 'completion'} queue ${isSubmission ? index : index - niosq}`;
    const previous = (isSubmission ? submissionQueues : completionQueues).at(-1)?.qid ?? 0;
    const queue = isSubmission
      ? collect(decodeFields(name, submissionQueueStateFields, bytes, at), submissionQueues)
      : collect(decodeFields(name, completionQueueStateFields, bytes, at), completionQueues);
    if (!queue.ok) return queue;
    if (queue.value.qid <= previous)
      return rangeFailure(
        'device-data',
        { structure: name, field: 'QID', offset: at + 10, size: 2 },
        `queue ${queue.value.qid} follows queue ${previous}`,
        'Queue identifiers start at 1 and ascend',
      );
  }
  return succeed({ submissionQueues, completionQueues });
}

/** Writes the NVMe-defined part at `start`. */
export function encodeNvmeControllerState(
  state: NvmeControllerState,
  bytes: Uint8Array,
  start: number,
): Result<Uint8Array> {
  const { submissionQueues, completionQueues } = state;
  const header = { ver: 0, niosq: submissionQueues.length, niocq: completionQueues.length };
  let at = start + headerLength;
  let written = encodeFields(structure, nvmeControllerStateFields, header, bytes, start);
  for (const queue of submissionQueues) {
    if (!written.ok) return written;
    written = encodeFields(`${structure}, submission queue`, submissionQueueStateFields, queue, bytes, at);
    at += entryLength;
  }
  for (const queue of completionQueues) {
    if (!written.ok) return written;
    written = encodeFields(`${structure}, completion queue`, completionQueueStateFields, queue, bytes, at);
    at += entryLength;
  }
  return written;
}

function collect<Queue>(decoded: Result<Queue>, into: Queue[]): Result<Queue> {
  if (decoded.ok) into.push(decoded.value);
  return decoded;
}
