import type { ProfileName } from '#shared/fleet-file/schema.ts';
import { deviations } from '#shared/known-devices/deviations.ts';
import { type KnownDevice, knownDevice } from '#shared/known-devices/known-devices.ts';
import { offeredBy } from '#shared/known-devices/offered-by.ts';
import { allAnnounced, announcementWords } from '#shared/nvme/announcements/announcements.ts';
import { opcodeName } from '#shared/nvme/commands/table.ts';
import { virtualizationManagement } from '#shared/nvme/commands/virtualization-management.ts';
import { announcingIdentify, trimmed } from '../../../fleet/read/identity-text.ts';
import { commandTable } from '../../simulated/commands/command-table.ts';
import { capturedIdentify } from '../capture.ts';
import type { CapturedController } from '../snapshot.ts';

/** OACS bit 11, Host Managed Live Migration. */
const liveMigration = 0x0800;

/**
 * How the twin behaves where devices differ: as the Linux target over a fabric; as QEMU does where the vendor and the model
 * say that it is QEMU; with what the simulated migration needs where OACS announces it; else what the drive announces.
 */
export function twinProfile(controller: CapturedController | undefined): ProfileName {
  if ((controller?.device?.transport ?? 'pcie') !== 'pcie') return 'linux-nvmet';
  const identity = controller === undefined ? null : capturedIdentify(controller);
  if (isQemu(controller)) return 'qemu-7.2';
  return identity !== null && (identity.oacs & liveMigration) !== 0 ? 'berth' : 'announced';
}

/** What is known of the kind of device; null where nothing is. */
export function twinDevice(controller: CapturedController): KnownDevice | null {
  const { identity } = announcingIdentify(capturedIdentify(controller));
  return knownDevice(identity && { ...identity, deviceId: controller.function?.deviceId ?? undefined });
}

/** Without Identify data the model that sysfs has tells. */
function isQemu(controller: CapturedController | undefined): boolean {
  const identity = controller === undefined ? null : capturedIdentify(controller);
  const modelNumber = identity === null ? (controller?.device?.model ?? '').trim() : trimmed(identity.mn);
  return knownDevice({ vid: identity?.vid ?? 0x1b36, modelNumber })?.deviations === deviations.qemu;
}

/** Whether it assigns resources to secondaries; undefined where Identify Controller was not recorded. */
export function managesSecondaries(controller: CapturedController): boolean | undefined {
  const identify = capturedIdentify(controller);
  return offeredBy(announcingIdentify(identify), 'adminCommands', virtualizationManagement.opcode);
}

/** `Security Send, Security Receive (OACS bit 0)`: what it announces and the simulated device does not know at all. */
export function notSimulated(controller: CapturedController): readonly string[] {
  const answer = controller.record?.identify;
  if (answer?.kind !== 'value') return [];
  const found: string[] = [];
  for (const { by, offers } of allAnnounced(answer.value)) {
    const missing = (offers.adminCommands ?? []).filter((opcode) => !commandTable.has(opcode));
    if (missing.length > 0) found.push(`${missing.map(opcodeName).join(', ')} (${announcementWords(by)})`);
  }
  return found;
}
