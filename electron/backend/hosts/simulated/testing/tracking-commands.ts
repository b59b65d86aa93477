import { type AdminCommand, adminCommand, type QueueMemory } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { encodeTrackMemoryData, type MemoryRange } from '#shared/nvme/layouts/tracking/track-memory-data.ts';
import {
  decodeTrackedMemoryChanges,
  type TrackedMemoryChanges,
} from '#shared/nvme/layouts/tracking/tracked-memory-changes.ts';
import {
  decodeUserDataMigrationEntry,
  type UserDataMigrationEntry,
} from '#shared/nvme/layouts/tracking/user-data-migration-entry.ts';
import type { SimulatedController } from '../state/controller.ts';
import { run } from './test-kit.ts';

/** Builders of tracking commands for tests. */

export function queueMemory(entries: number, address = 0x10_0000n): QueueMemory {
  return { address, bytes: new Uint8Array(entries * 32) };
}

export function createQueue(
  cntlid: number,
  memory: QueueMemory | undefined,
  more: { size?: number; contiguous?: boolean; queueType?: number } = {},
): AdminCommand {
  const { size = (memory?.bytes.length ?? 0) / 4, contiguous = true, queueType = 0 } = more;
  return adminCommand({
    opcode: adminOpcodes.controllerDataQueue,
    cdw10: queueType << 16,
    cdw11: ((cntlid << 16) | (contiguous ? 1 : 0)) >>> 0,
    cdw12: size,
    ...(memory ? { queueMemory: memory } : {}),
  });
}

export const deleteQueue = (cdqid: number) =>
  adminCommand({ opcode: adminOpcodes.controllerDataQueue, cdw10: 1, cdw11: cdqid });

export const logUserData = (cdqid: number, action: number) =>
  adminCommand({ opcode: adminOpcodes.trackSend, cdw10: (action << 16) >>> 0, cdw11: cdqid });

export function trackMemory(
  cntlid: number,
  ranges: readonly MemoryRange[],
  more: { rmrtg?: number; version?: number; action?: number } = {},
): AdminCommand {
  const encoded = encodeTrackMemoryData({ rmrtg: more.rmrtg ?? 0, ranges, reserved: [] });
  if (!encoded.ok) throw new Error(encoded.error.message);
  encoded.value[0] = more.version ?? 0;
  return adminCommand({
    opcode: adminOpcodes.trackSend,
    cdw10: (((more.action ?? 1) << 16) | 1) >>> 0,
    cdw11: cntlid,
    data: encoded.value,
  });
}

export function trackReceive(cntlid: number, bytes = 4096): AdminCommand {
  return adminCommand({
    opcode: adminOpcodes.trackReceive,
    cdw11: cntlid,
    cdw12: bytes / 4 - 1,
    readLength: bytes,
  });
}

export function memoryChanges(
  primary: SimulatedController,
  cntlid: number,
  bytes = 4096,
): TrackedMemoryChanges {
  const decoded = decodeTrackedMemoryChanges(
    run(primary, trackReceive(cntlid, bytes)).data ?? new Uint8Array(),
  );
  if (!decoded.ok) throw new Error(decoded.error.message);
  return decoded.value;
}

export function entryAt(memory: QueueMemory, slot: number): UserDataMigrationEntry {
  const decoded = decodeUserDataMigrationEntry(memory.bytes.slice(slot * 32, slot * 32 + 32));
  if (!decoded.ok) throw new Error(decoded.error.message);
  return decoded.value;
}

export function setQueue(cdqid: number, head: number, trigger?: number): AdminCommand {
  return adminCommand({
    opcode: adminOpcodes.setFeatures,
    cdw10: 0x21,
    cdw11: (trigger === undefined ? 0 : 0x8000_0000) + cdqid,
    cdw12: head,
    cdw13: trigger ?? 0,
  });
}

export const getQueue = (cdqid: number, select = 0) =>
  adminCommand({
    opcode: adminOpcodes.getFeatures,
    cdw10: (select << 8) | 0x21,
    cdw11: cdqid,
    readLength: 512,
  });
