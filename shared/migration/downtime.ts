import type { Host } from '../fleet/schema.ts';
import { type Link, roundMilliseconds, throughput } from './link-model.ts';

/** Names of the downtime's parts, in order; measured downtime uses the same names. */
export const downtimePhaseNames = ['quiesce', 'user data', 'memory', 'device state', 'load, resume'] as const;
export type DowntimePhaseName = (typeof downtimePhaseNames)[number];

export interface DowntimeTerm {
  readonly phase: DowntimePhaseName;
  readonly milliseconds: number;
}

/** Time of one admin command, milliseconds, where nobody has measured it. Deliberately on the high side of a quiet drive. */
export const commandMilliseconds = 1;
/** Pausing or resuming a guest's virtual CPUs takes as long as so many commands. */
export const commandsOfMachine = 2;

/** Controller State header (NVMe Base 2.1, 5.1.17) 48 bytes, NVMe part 8 bytes, 24 bytes for each queue. */
const stateHeaderBytes = 48 + 8;
const queueEntryBytes = 24;
/** Vendor part: admin queue, registers, features. A page is what such parts take at most in practice. */
const vendorPartBytes = 4096;

export interface DowntimeInput {
  /** Memory that is sent while the guest stands still, bytes. */
  readonly memoryBytes: number;
  /** User data that is sent then, bytes; left out: none is copied. */
  readonly userDataBytes?: number | undefined;
  /** VQ resources of each device that moves. */
  readonly queues: readonly number[];
  readonly link: Link;
  /** Time of one admin command as it was measured, milliseconds; left out: it was not. */
  readonly commandMilliseconds?: number;
}

/**
 * What a guest stands still for, by term:
 *
 *     rate         = throughput of both links together, with their latency and loss (see link-model.ts)
 *     round        = 2 × latency of both links
 *     quiesce      = 2 commands (the pause is read back; peer-to-peer DMA ends), of a single device none
 *     user data    = user data that is left ÷ rate + round + 1 command (where it is copied: the log is read to its end)
 *     memory       = memory that is left ÷ rate + round + 2 commands (the logs are read to their ends)
 *     device state = 2 commands (stop, transfer) + Σ state bytes ÷ rate + round; of a single device also the pause's read-back
 *     load, resume = 4 commands (load, resume, read again twice and compared) + 1 for a second hop of several + 1 for each
 *                    further device that is read and compared + machine (as long as 1 command)
 *
 * What all devices do at the same time counts once.
 * Null where the link's speed is unknown.
 */
export function downtimeTerms({
  memoryBytes,
  userDataBytes,
  queues,
  link,
  commandMilliseconds: command = commandMilliseconds,
}: DowntimeInput): DowntimeTerm[] | null {
  const rate = throughput(link);
  if (rate <= 0) return null;
  const count = queues.length;
  const several = count > 1 ? 1 : 0;
  const stateBytes = queues.reduce((sum, vq) => sum + stateBytesOf(vq), 0);
  const send = (bytes: number) => (bytes / rate) * 1000 + roundMilliseconds(link);
  return [
    { phase: 'quiesce', milliseconds: 2 * several * command },
    ...(userDataBytes === undefined
      ? []
      : [
          {
            phase: 'user data' as const,
            milliseconds: command + (userDataBytes === 0 ? 0 : send(userDataBytes)),
          },
        ]),
    { phase: 'memory', milliseconds: 2 * command + (memoryBytes === 0 ? 0 : send(memoryBytes)) },
    { phase: 'device state', milliseconds: (3 - several) * command + send(stateBytes) },
    { phase: 'load, resume', milliseconds: (4 + several + count) * command },
  ];
}

/** All terms together, milliseconds. */
export function sumOfTerms(terms: readonly DowntimeTerm[]): number {
  return terms.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
}

/** What was not measured counts as none. */
export function linkOf(host: Host | undefined): Link {
  return {
    bytesPerSecond: host?.linkBytesPerSecond ?? 0,
    latencyMilliseconds: host?.linkLatencyMilliseconds ?? 0,
    loss: host?.linkLoss ?? 0,
  };
}

/** One VQ is the admin pair; each other one is an I/O submission and an I/O completion queue. */
function stateBytesOf(vq: number): number {
  return stateHeaderBytes + 2 * Math.max(0, vq - 1) * queueEntryBytes + vendorPartBytes;
}
