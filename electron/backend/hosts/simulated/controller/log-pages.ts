import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { logPageFields } from '#shared/nvme/command-fields.ts';
import { logPageIdentifiers as ids } from '#shared/nvme/command-values.ts';
import { encodeNamespaceList, maximumNamespaceIdentifiers } from '#shared/nvme/layouts/namespace-list.ts';
import { completionOf } from '#shared/nvme/status.ts';
import { logPageRead } from './asynchronous-events.ts';
import type { SimulatedController } from './controller.ts';
import { supportedOpcodes } from './execute.ts';
import { isHidden, shownTemplate } from './shown-identity.ts';

const errorEntryLength = 64;
const errorEntriesOffset = 262;
const logPageAttributesOffset = 261;
/** Bits of LPA without which a page is not there (NVMe Base 2.1, 5.1.13, LPA). */
const pageBits: Readonly<Partial<Record<number, number>>> = {
  [ids.supportedLogPages.value]: 5,
  [ids.commandsSupportedAndEffects.value]: 1,
};
const firmwareRevision = { offset: 64, length: 8 } as const;
/** 50 °C in Kelvin. */
const compositeTemperature = 323;
const supported = [
  ids.errorInformation,
  ids.smart,
  ids.firmwareSlot,
  ids.changedNamespaces,
  ids.commandsSupportedAndEffects,
];

/** Get Log Page (NVMe Base 2.1, 5.1.12). */
export function getLogPage(controller: SimulatedController, command: AdminCommand): AdminCompletion {
  const { lid, bytes, offset, retain } = logPageFields(command);
  const page = pageOf(controller, lid);
  if (page === undefined) return completionOf(controller.subsystem.profile.unknownLogPage);
  if (offset % 4n !== 0n || offset >= BigInt(page.length)) return completionOf('invalidField');
  if (command.readLength < bytes) return completionOf('invalidField');
  const data = new Uint8Array(bytes);
  data.set(page.subarray(Number(offset), Number(offset) + bytes));
  if (!retain) {
    if (lid === ids.changedNamespaces.value && controller.hasLiveState)
      controller.live.changedNamespaces.clear();
    logPageRead(controller, lid);
  }
  return { ...completionOf('success'), data };
}

function pageOf(controller: SimulatedController, lid: number): Uint8Array | undefined {
  const needed = pageBits[lid];
  if (needed !== undefined && isHidden(controller, logPageAttributesOffset, needed)) return undefined;
  switch (lid) {
    case ids.supportedLogPages.value:
      return controller.subsystem.profile.answersBase21 ? supportedPages(controller) : undefined;
    case ids.errorInformation.value:
      return new Uint8Array(errorEntryLength * ((shownTemplate(controller)[errorEntriesOffset] ?? 0) + 1));
    case ids.smart.value:
      return smart(controller);
    case ids.firmwareSlot.value:
      return firmwareSlot(controller);
    case ids.changedNamespaces.value:
      return changedNamespaces(controller);
    case ids.commandsSupportedAndEffects.value:
      return effects(controller);
    default:
      return undefined;
  }
}

// Each page takes 4 bytes; bit 0 (LSUPP) says that it is there.
function supportedPages(controller: SimulatedController): Uint8Array {
  const bytes = new Uint8Array(1024);
  for (const { value } of [ids.supportedLogPages, ...supported]) {
    const needed = pageBits[value];
    if (needed === undefined || !isHidden(controller, logPageAttributesOffset, needed)) bytes[value * 4] = 1;
  }
  return bytes;
}

function smart(controller: SimulatedController): Uint8Array {
  const bytes = new Uint8Array(512);
  bytes[1] = compositeTemperature & 0xff;
  bytes[2] = compositeTemperature >> 8;
  const { availableSpare } = controller.subsystem.profile;
  bytes[3] = availableSpare;
  bytes[4] = availableSpare === 0 ? 0 : 10;
  return bytes;
}

function firmwareSlot(controller: SimulatedController): Uint8Array {
  const bytes = new Uint8Array(512);
  bytes[0] = 1;
  const { offset, length } = firmwareRevision;
  bytes.set(shownTemplate(controller).subarray(offset, offset + length), 8);
  return bytes;
}

function changedNamespaces(controller: SimulatedController): Uint8Array {
  const changed = controller.hasLiveState ? [...controller.live.changedNamespaces] : [];
  const identifiers = changed.sort((left, right) => left - right).slice(0, maximumNamespaceIdentifiers);
  const encoded = encodeNamespaceList({ identifiers });
  return encoded.ok ? encoded.value : new Uint8Array(4096);
}

// Admin commands from byte 0, 4 bytes each; bit 0 (CSUPP) says that the command is there.
function effects(controller: SimulatedController): Uint8Array {
  const bytes = new Uint8Array(4096);
  for (const opcode of supportedOpcodes(controller)) bytes[opcode * 4] = 1;
  return bytes;
}
