import { type AnnouncementRow, announcedBy, isAnnouncedIn } from '../../nvme/announcements/announcements.ts';
import { logPageIdentifiers } from '../../nvme/commands/get-log-page.ts';
import { identifyStructures } from '../../nvme/commands/identify.ts';
import { unreachable } from '../../result.ts';
import type { Answer } from '../leak-check/readable-leaks.ts';
import {
  featureReadables,
  identifyReadables,
  isAnnounced,
  logReadables,
  type Readable,
} from '../leak-check/readable-rules.ts';
import { isMaskedOut, narrowedCap, narrowedFormats } from '../mask/answer-masks.ts';
import type { GuestIdentity } from './show-as-guest.ts';

/** One question that a guest can ask. */
export interface GuestQuestion {
  readonly kind: 'identify' | 'log-page' | 'feature';
  /** CNS, LID or FID. */
  readonly number: number;
  /** 0 where not used. */
  readonly nsid: number;
}

const firmware = { offset: 64, length: 8 } as const;

/**
 * What a member with this identity answers, from what a secondary controller of the same hardware answers outside every
 * virtual subsystem. `shown` is Identify Controller as the member shows it.
 */
export function answerAsGuest(
  { kind, number }: GuestQuestion,
  answer: Answer,
  guest: GuestIdentity,
  shown: Uint8Array,
): Answer {
  if (answer === null) return null;
  switch (kind) {
    case 'identify':
      if (rowOf(identifyReadables, number)?.rule === 'refused' || isSilent(identifyReadables, number, shown))
        return null;
      return number === identifyStructures.namespace.value ? narrowedFormats(guest.exposed, answer) : answer;
    case 'feature':
      return isMaskedOut(guest.exposed, 'features', number) || isSilent(featureReadables, number, shown)
        ? null
        : answer;
    case 'log-page':
      return isPageHidden(number, guest, shown) ? null : logAsGuest(number, answer, guest, shown);
    default:
      return unreachable(kind);
  }
}

function logAsGuest(lid: number, answer: Uint8Array, guest: GuestIdentity, shown: Uint8Array): Uint8Array {
  const bytes = answer.slice();
  if (lid === logPageIdentifiers.firmwareSlot.value)
    bytes.set(shown.subarray(firmware.offset, firmware.offset + firmware.length), 8);
  if (lid === logPageIdentifiers.commandsSupportedAndEffects.value) hideCommands(bytes, shown);
  if (lid === logPageIdentifiers.supportedLogPages.value)
    for (let page = 0; page < 256; page++)
      if (isPageHidden(page, guest, shown)) bytes.fill(0, page * 4, page * 4 + 4);
  return bytes;
}

/** Commands Supported and Effects: commands of the NVM command set come behind the 256 admin commands. */
const firstInputOutputEntry = 1024;

/** Commands Supported and Effects has no entry for a command that Identify Controller does not announce. */
function hideCommands(page: Uint8Array, shown: Uint8Array): void {
  const hide = (rows: ReadonlyMap<number, AnnouncementRow>, firstEntry: number) => {
    for (const [opcode, { by }] of rows)
      if (!isAnnouncedIn(shown, by)) page.fill(0, firstEntry + opcode * 4, firstEntry + opcode * 4 + 4);
  };
  hide(announcedBy.adminCommands, 0);
  hide(announcedBy.inputOutputCommands, firstInputOutputEntry);
}

function isPageHidden(lid: number, { exposed }: GuestIdentity, shown: Uint8Array): boolean {
  return isMaskedOut(exposed, 'log-pages', lid) || isSilent(logReadables, lid, shown);
}

/** Not announced by Identify Controller as the guest reads it. */
function isSilent(rows: readonly Readable[], number: number, shown: Uint8Array): boolean {
  const row = rowOf(rows, number);
  return row !== undefined && !isAnnounced(row, shown);
}

function rowOf(rows: readonly Readable[], number: number): Readable | undefined {
  return rows.find((row) => row.number === number);
}

const version = { identify: 80, property: 8 } as const;

/** Controller properties (4,096 bytes) as a member shows them: CAP narrowed, VS as VER. */
export function propertiesAsGuest(hardware: Uint8Array, guest: GuestIdentity, shown: Uint8Array): Uint8Array {
  const bytes = hardware.slice();
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, narrowedCap(guest.exposed, view.getBigUint64(0, true)), true);
  bytes.set(shown.subarray(version.identify, version.identify + 4), version.property);
  return bytes;
}

/** PCI configuration space (256 bytes) as a member shows it: the identifiers of the identity where it has some. */
export function configurationAsGuest(hardware: Uint8Array, { identity: { pci } }: GuestIdentity): Uint8Array {
  const bytes = hardware.slice();
  if (pci === undefined) return bytes;
  const view = new DataView(bytes.buffer);
  view.setUint16(0x00, pci.vendorId, true);
  view.setUint16(0x02, pci.deviceId, true);
  view.setUint8(0x08, pci.revision);
  view.setUint16(0x2c, pci.subsystemVendorId, true);
  view.setUint16(0x2e, pci.subsystemId, true);
  return bytes;
}
