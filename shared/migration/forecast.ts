import type { Fleet, Host } from '../fleet/schema.ts';
import { joinLinks, type Link, roundMilliseconds, throughput } from './link-model.ts';
import type { MigrationRequest } from './request.ts';
import { lookUpMigration } from './subject.ts';

/** Names of the downtime's parts, in order; measured downtime uses the same names. */
export const downtimePhaseNames = ['quiesce', 'memory', 'device state', 'load, resume'] as const;
export type DowntimePhaseName = (typeof downtimePhaseNames)[number];

/** What a forecast is made of. Times are milliseconds; null where the link's speed is unknown. */
export interface Forecast {
  readonly downtimeMilliseconds: number | null;
  readonly totalMilliseconds: number | null;
  readonly phases: readonly { readonly phase: DowntimePhaseName; readonly milliseconds: number }[];
}

/** Time of one admin command with its read-back, milliseconds. Deliberately on the high side of a quiet drive. */
const commandMilliseconds = 1;
/** Pausing or resuming a guest's virtual CPUs. */
const machineMilliseconds = 2;
/** Commands that prepare one device at the destination, and that clean up one device at the source. */
const prepareCommands = 10;
const cleanUpCommands = 6;

/** Controller State header (NVMe Base 2.1, 5.1.17) 48 bytes, NVMe part 8 bytes, 24 bytes for each queue. */
const stateHeaderBytes = 48 + 8;
const queueEntryBytes = 24;
/** Vendor part: admin queue, registers, features. A page is what such parts take at most in practice. */
const vendorPartBytes = 4096;

/**
 * Stop-and-copy: nothing is copied while the guest runs, so that the downtime holds everything.
 *
 *     rate         = throughput of both links together, with their latency and loss (see link-model.ts)
 *     round        = 2 × latency of both links
 *     quiesce      = devices × 1 command
 *     memory       = guest memory ÷ rate + round
 *     device state = devices × 3 commands + Σ state bytes ÷ rate + round
 *     load, resume = devices × 2 commands + machine
 *     downtime     = quiesce + memory + device state + load, resume
 *     total        = downtime + machine + devices × (prepare + clean up) commands
 */
export function forecastMigration(fleet: Fleet, request: MigrationRequest): Forecast {
  const { machine, sourceHost, destinationHost, devices } = lookUpMigration(fleet, request);
  const link = joinLinks(linkOf(sourceHost), linkOf(destinationHost));
  const rate = throughput(link);
  if (machine === undefined || rate <= 0)
    return { downtimeMilliseconds: null, totalMilliseconds: null, phases: [] };
  const count = devices.length;
  const stateBytes = devices.reduce((sum, device) => sum + stateBytesOf(device.source?.nvq ?? 0), 0);
  const send = (bytes: number) => (bytes / rate) * 1000 + roundMilliseconds(link);
  const phases = [
    { phase: downtimePhaseNames[0], milliseconds: count * commandMilliseconds },
    { phase: downtimePhaseNames[1], milliseconds: send(machine.memoryBytes) },
    { phase: downtimePhaseNames[2], milliseconds: 3 * count * commandMilliseconds + send(stateBytes) },
    { phase: downtimePhaseNames[3], milliseconds: 2 * count * commandMilliseconds + machineMilliseconds },
  ];
  const downtime = phases.reduce((sum, phase) => sum + phase.milliseconds, 0);
  const around = count * (prepareCommands + cleanUpCommands) * commandMilliseconds + machineMilliseconds;
  return { downtimeMilliseconds: downtime, totalMilliseconds: downtime + around, phases };
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
