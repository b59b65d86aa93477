import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { completionOf } from '#shared/nvme/status.ts';
import type { SimulatedController } from '../../state/controller.ts';

const length = 8;
const microsecondsPerMillisecond = 1000;
/** Byte 6, bits 3:1 (Timestamp Origin): set by Set Features. Never set since the last reset, everything is 0. */
const setByHost = 1 << 1;

/**
 * Timestamp (NVMe Base 2.1, 5.1.25.1.10): milliseconds since 1970 in bytes 5:0. It goes on from what the host set, and a
 * Controller Level Reset forgets it.
 */
export function setTimestamp(controller: SimulatedController, command: AdminCommand): AdminCompletion {
  if (command.data?.length !== length) return completionOf('invalidField');
  let value = 0;
  for (let at = 5; at >= 0; at--) value = value * 0x100 + (command.data[at] ?? 0);
  controller.live.timestampOffset = value - now(controller);
  return completionOf('success');
}

export function getTimestamp(
  controller: SimulatedController,
  command: AdminCommand,
  isCurrent: boolean,
): AdminCompletion {
  const bytes = new Uint8Array(length);
  const offset = isCurrent ? controller.live.timestampOffset : null;
  if (offset !== null) {
    let value = Math.max(0, now(controller) + offset);
    for (let at = 0; at < 6; at++) {
      bytes[at] = value % 0x100;
      value = Math.floor(value / 0x100);
    }
    bytes[6] = setByHost;
  }
  return { ...completionOf('success'), data: bytes.subarray(0, Math.max(0, command.readLength)) };
}

function now(controller: SimulatedController): number {
  return Math.floor(controller.subsystem.time() / microsecondsPerMillisecond);
}
