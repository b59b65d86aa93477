import type { AdminCommand, QueueMemory } from '#shared/nvme/command.ts';
import {
  getControllerDataQueueFeature,
  setControllerDataQueueFeature,
} from '#shared/nvme/commands/features.ts';
import { zeroBasedDwords } from '#shared/nvme/commands/get-log-page.ts';
import {
  createControllerDataQueue,
  deleteControllerDataQueue,
} from '#shared/nvme/commands/migration/controller-data-queue.ts';
import { trackReceive as definition } from '#shared/nvme/commands/migration/track-receive.ts';
import { logUserDataChanges, trackMemoryChanges } from '#shared/nvme/commands/migration/track-send.ts';
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
  return createControllerDataQueue.encode(
    { qt: queueType, cntlid, pc: contiguous, size },
    memory ? { queueMemory: memory } : {},
  );
}

export const deleteQueue = (cdqid: number) => deleteControllerDataQueue.encode({ cdqid });

export const logUserData = (cdqid: number, action: number) => logUserDataChanges.encode({ action, cdqid });

export function trackMemory(
  cntlid: number,
  ranges: readonly MemoryRange[],
  more: { rmrtg?: number; version?: number; action?: number } = {},
): AdminCommand {
  const encoded = encodeTrackMemoryData({ rmrtg: more.rmrtg ?? 0, ranges, reserved: [] });
  if (!encoded.ok) throw new Error(encoded.error.message);
  encoded.value[0] = more.version ?? 0;
  return trackMemoryChanges.encode({ action: more.action ?? 1, cntlid }, { data: encoded.value });
}

export function trackReceive(cntlid: number, bytes = 4096): AdminCommand {
  return definition.encode({ cntlid, numdl: zeroBasedDwords(bytes) }, { readLength: bytes });
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
  const etpt = trigger !== undefined;
  return setControllerDataQueueFeature.encode({ cdqid, hp: head, etpt, tpt: trigger ?? 0 });
}

export const getQueue = (cdqid: number, select = 0) =>
  getControllerDataQueueFeature.encode({ cdqid, sel: select }, { readLength: 512 });
