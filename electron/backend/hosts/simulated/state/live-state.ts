import { isDeepStrictEqual } from 'node:util';
import type { LiveState } from '#shared/fleet-file/controller/live-state-schema.ts';
import {
  type CompletionQueueState,
  completionQueueAttributes,
  type SubmissionQueueState,
  submissionQueueAttributes,
} from '#shared/nvme/layouts/controller-state/controller-state-queues.ts';

const microsecondsPerMillisecond = 1000;

/** Command identifier that Linux gives to its own event request: the last slot of an admin queue of 32 entries. */
export const driverEventIdentifier = 31;

export interface AsynchronousEvent {
  readonly type: number;
  readonly information: number;
  readonly logPage: number;
  /** Completion dword 1 where the event has one: the CDQID of a One-Shot event. */
  readonly detail?: number;
}

export interface MessageVector {
  address: bigint;
  data: number;
  masked: boolean;
}

/** What a running controller holds and any Controller Level Reset takes away (NVMe Base 2.1, 3.7.2). */
export interface ControllerLiveState {
  /** CC, INTMS, AQA, ASQ, ACQ; CC.EN is bit 0 of `cc`. */
  properties: { cc: number; intms: number; aqa: number; asq: bigint; acq: bigint };
  admin: {
    submissionHead: number;
    submissionTail: number;
    completionHead: number;
    completionTail: number;
    phase: boolean;
  };
  submissionQueues: Map<number, SubmissionQueueState>;
  completionQueues: Map<number, CompletionQueueState>;
  /** Values that Set Features changed, by feature identifier. */
  features: Map<number, number>;
  /** Host Identifier, 16 bytes; all zero when not set. */
  hostIdentifier: Uint8Array;
  events: {
    /** Command identifiers of the Asynchronous Event Requests that wait, oldest first. */
    outstanding: number[];
    pending: AsynchronousEvent[];
    /** Event types that are not reported until their log page is read. */
    masked: Set<number>;
  };
  vectors: MessageVector[];
  changedNamespaces: Set<number>;
  /** Timestamp feature: milliseconds to add to the simulated clock; null while it was never set. */
  timestampOffset: number | null;
}

/** The state after a Controller Level Reset: disabled, no queues, default features. */
export function resetLiveState(): ControllerLiveState {
  return {
    properties: { cc: 0, intms: 0, aqa: 0, asq: 0n, acq: 0n },
    admin: { submissionHead: 0, submissionTail: 0, completionHead: 0, completionTail: 0, phase: true },
    submissionQueues: new Map(),
    completionQueues: new Map(),
    features: new Map(),
    hostIdentifier: new Uint8Array(16),
    events: { outstanding: [], pending: [], masked: new Set() },
    vectors: [],
    changedNamespaces: new Set(),
    timestampOffset: null,
  };
}

/** Whether a Controller Level Reset would change nothing. */
export function isReset(state: ControllerLiveState): boolean {
  // Nearly all that hold something are enabled, which is quickly seen.
  return state.properties.cc === 0 && isDeepStrictEqual(state, resetLiveState());
}

/** From the form of a fleet file. `now` is the simulated clock in microseconds, which the file does not carry. */
export function liveStateFromFile(file: LiveState, now: number): ControllerLiveState {
  return {
    properties: {
      ...file.properties,
      asq: BigInt(file.properties.asq),
      acq: BigInt(file.properties.acq),
    },
    admin: { ...file.admin },
    submissionQueues: new Map(
      [...file.submissionQueues]
        .sort((left, right) => left.identifier - right.identifier)
        .map((queue) => [
          queue.identifier,
          {
            prp1: BigInt(queue.address),
            qsize: queue.size,
            qid: queue.identifier,
            cqid: queue.completionQueue,
            attributes: submissionQueueAttributes.encode({ pc: queue.contiguous, qprio: queue.priority }),
            head: queue.head,
            tail: queue.tail,
          },
        ]),
    ),
    completionQueues: new Map(
      [...file.completionQueues]
        .sort((left, right) => left.identifier - right.identifier)
        .map((queue) => [
          queue.identifier,
          {
            prp1: BigInt(queue.address),
            qsize: queue.size,
            qid: queue.identifier,
            head: queue.head,
            tail: queue.tail,
            attributes: completionQueueAttributes.encode({
              pc: queue.contiguous,
              ien: queue.interruptsEnabled,
              s0pt: queue.phase,
              iv: queue.interruptVector,
            }),
          },
        ]),
    ),
    features: new Map(Object.entries(file.features).map(([key, value]) => [Number(key), value])),
    hostIdentifier: Uint8Array.from(Buffer.from(file.hostIdentifier.padEnd(32, '0'), 'hex')),
    events: {
      outstanding: outstandingIdentifiers(file.asynchronousEvents),
      pending: file.asynchronousEvents.pending.map(({ detail, ...event }) =>
        detail === undefined ? event : { ...event, detail },
      ),
      masked: new Set(file.asynchronousEvents.masked),
    },
    vectors: file.messageVectors.map((vector) => ({ ...vector, address: BigInt(vector.address) })),
    changedNamespaces: new Set(file.changedNamespaces),
    timestampOffset:
      file.timestamp === undefined ? null : file.timestamp - Math.floor(now / microsecondsPerMillisecond),
  };
}

/** To the form of a fleet file, at a time of the simulated clock in microseconds. */
export function liveStateToFile(
  state: ControllerLiveState,
  now: number,
  more: Pick<LiveState, 'fatal' | 'suspended' | 'incomingState'>,
): LiveState {
  const hostIdentifier = Buffer.from(state.hostIdentifier).toString('hex');
  return {
    properties: {
      ...state.properties,
      asq: hexadecimal(state.properties.asq),
      acq: hexadecimal(state.properties.acq),
    },
    admin: { ...state.admin },
    submissionQueues: [...state.submissionQueues.values()].map((queue) => {
      const { pc, qprio } = submissionQueueAttributes.decode(queue.attributes);
      return {
        identifier: queue.qid,
        size: queue.qsize,
        completionQueue: queue.cqid,
        address: hexadecimal(queue.prp1),
        contiguous: pc,
        priority: qprio,
        head: queue.head,
        tail: queue.tail,
      };
    }),
    completionQueues: [...state.completionQueues.values()].map((queue) => {
      const { pc, ien, s0pt, iv } = completionQueueAttributes.decode(queue.attributes);
      return {
        identifier: queue.qid,
        size: queue.qsize,
        address: hexadecimal(queue.prp1),
        contiguous: pc,
        interruptsEnabled: ien,
        interruptVector: iv,
        phase: s0pt,
        head: queue.head,
        tail: queue.tail,
      };
    }),
    features: Object.fromEntries(
      [...state.features].map(([key, value]) => [`0x${key.toString(16).padStart(2, '0')}`, value]),
    ),
    hostIdentifier: /^0*$/.test(hostIdentifier) ? '' : hostIdentifier,
    asynchronousEvents: {
      outstanding: state.events.outstanding.length,
      identifiers: [...state.events.outstanding],
      pending: [...state.events.pending],
      masked: [...state.events.masked],
    },
    messageVectors: state.vectors.map((vector) => ({ ...vector, address: hexadecimal(vector.address) })),
    changedNamespaces: [...state.changedNamespaces],
    ...(state.timestampOffset === null
      ? {}
      : { timestamp: state.timestampOffset + Math.floor(now / microsecondsPerMillisecond) }),
    ...more,
  };
}

// Requests without an identifier in the file are a driver's own, which counts down from its last one.
function outstandingIdentifiers(events: LiveState['asynchronousEvents']): number[] {
  const identifiers = [...events.identifiers];
  for (let next = driverEventIdentifier; identifiers.length < events.outstanding; next--)
    if (!identifiers.includes(next)) identifiers.push(next);
  return identifiers;
}

function hexadecimal(value: bigint): string {
  return `0x${value.toString(16)}`;
}
