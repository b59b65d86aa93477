import { announcements } from '#shared/nvme/announcements/announcements.ts';
import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import {
  bytesOfZeroBased,
  getLogPage as definition,
  logPageIdentifiers as ids,
} from '#shared/nvme/commands/get-log-page.ts';
import {
  encodeNamespaceList,
  maximumNamespaceIdentifiers,
} from '#shared/nvme/layouts/lists/namespace-list.ts';
import { completionOf } from '#shared/nvme/status.ts';
import { announces, offers } from '../../controller/announced.ts';
import { logPageRead } from '../../controller/asynchronous-events.ts';
import { isLogPageHidden } from '../../controller/exposed-answers.ts';
import { shownTemplate } from '../../controller/shown-identity.ts';
import type { SimulatedController } from '../../state/controller.ts';
import type { CommandContext } from '../handler.ts';
import { isValid } from '../identify/identify-namespaces.ts';
import { sanitizeStatusPage } from '../namespaces/sanitize.ts';
import { commandEffectsPage } from './command-effects.ts';
import { errorPage } from './error-log.ts';
import { smartPage } from './smart-log.ts';

const firmwareRevision = { offset: 64, length: 8 } as const;
const allNamespaces = 0xffffffff;

type Page = (controller: SimulatedController, context: CommandContext) => Uint8Array;

const pages: ReadonlyMap<number, Page> = new Map<number, Page>([
  [ids.supportedLogPages.value, supportedPages],
  [ids.errorInformation.value, errorPage],
  [ids.smart.value, smartPage],
  [ids.firmwareSlot.value, firmwareSlot],
  [ids.changedNamespaces.value, changedNamespaces],
  [
    ids.commandsSupportedAndEffects.value,
    (controller, { supported }) => commandEffectsPage(controller, supported(controller)),
  ],
  [ids.sanitizeStatus.value, sanitizeStatusPage],
]);

/** Get Log Page (NVMe Base 2.1, 5.1.12). What is asked for behind the end of a page reads zero. */
export function getLogPage(
  controller: SimulatedController,
  command: AdminCommand,
  context: CommandContext,
): AdminCompletion {
  const { lid, numd, lpo: offset, rae, ot, csi } = definition.decode(command);
  const bytes = bytesOfZeroBased(numd);
  const page = hasPage(controller, lid) ? pages.get(lid) : undefined;
  if (page === undefined) return completionOf(controller.subsystem.profile.unknownLogPage);
  const nsid = command.nsid >>> 0;
  if (nsid !== 0 && nsid !== allNamespaces) {
    if (!isValid(controller, nsid)) return completionOf('invalidNamespace');
    // All pages here belong to the controller or the NVM subsystem, SMART perhaps to a namespace as well.
    if (lid !== ids.smart.value || !announces(controller, announcements.smartPerNamespace))
      return completionOf('invalidField');
  }
  if (ot || !isForCommandSet(controller, lid, csi) || !readsPart(controller, offset, bytes))
    return completionOf('invalidField');
  if (command.readLength < bytes || offset % 4n !== 0n) return completionOf('invalidField');
  const content = page(controller, context);
  if (offset >= BigInt(content.length)) return completionOf('invalidField');
  const data = new Uint8Array(bytes);
  data.set(content.subarray(Number(offset), Number(offset) + bytes));
  if (!rae) {
    if (lid === ids.changedNamespaces.value && controller.hasLiveState)
      controller.live.changedNamespaces.clear();
    logPageRead(controller, lid);
  }
  return { ...completionOf('success'), data };
}

/** Whether the controller has a log page, as its list of them and every answer say. */
export function hasPage(controller: SimulatedController, lid: number): boolean {
  return pages.has(lid) && offers(controller, 'logPages', lid) && !isLogPageHidden(controller, lid);
}

/** Whether the page is there for a command set, which only Commands Supported and Effects asks for. */
export function isForCommandSet(controller: SimulatedController, lid: number, csi: number): boolean {
  if (lid !== ids.commandsSupportedAndEffects.value) return true;
  // A shift by 32 and more would begin again at bit 0.
  return csi < 32 && ((controller.subsystem.profile.commandSets >>> csi) & 1) === 1;
}

/** Whether the controller reads this part of a page: an offset, and more than 16 bits of dwords, take LPA bit 2. */
export function readsPart(controller: SimulatedController, offset: bigint, bytes: number): boolean {
  const isExtended = offset > 0n || bytes > 0x1_0000 * 4;
  return !isExtended || announces(controller, announcements.extendedLogPages);
}

// Each page takes 4 bytes; bit 0 (LSUPP) says that it is there.
function supportedPages(controller: SimulatedController): Uint8Array {
  const bytes = new Uint8Array(1024);
  for (const lid of pages.keys()) if (hasPage(controller, lid)) bytes[lid * 4] = 1;
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
  // More than fit are told by FFFFFFFFh alone.
  if (changed.length > maximumNamespaceIdentifiers) {
    const bytes = new Uint8Array(4096);
    bytes.fill(0xff, 0, 4);
    return bytes;
  }
  const encoded = encodeNamespaceList({ identifiers: changed.sort((left, right) => left - right) });
  return encoded.ok ? encoded.value : new Uint8Array(4096);
}
