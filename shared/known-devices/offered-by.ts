import type { Controller } from '../fleet/schema.ts';
import {
  type AnnouncedKind,
  type Announcement,
  type Announcer,
  announcedBy,
  announcementWords,
  isOffered,
} from '../nvme/announcements/announcements.ts';
import { deviations } from './deviations.ts';
import { type DeviceIdentity, knownDevice } from './known-devices.ts';

/** A controller as far as it says what it has: from the fleet, or from Identify Controller itself. */
export interface Announcing {
  /** Who it is; null where nobody knows. */
  readonly identity: DeviceIdentity | null;
  /** Fields of Identify Controller by their mnemonic in lower case; null where it was not read. */
  readonly fields: object | null;
  readonly isPrimary: boolean;
}

/** Whether it has something by what it announces and what is known of such devices; undefined where that was not read. */
export function offeredBy(controller: Announcing, kind: AnnouncedKind, number: number): boolean | undefined {
  return isOffered(announcerOf(controller), kind, number);
}

/** `OACS bit 7 of hv-a/nvme0 is 0`; null where it was not read or needs no announcement. */
export function announcedWords(
  controller: Announcing,
  device: string,
  kind: AnnouncedKind,
  number: number,
): string | null {
  const by = announcedBy[kind].get(number)?.by;
  const says = by === undefined ? undefined : announcerOf(controller).says(by);
  if (by === undefined || says === undefined) return null;
  return `${announcementWords(by)} of ${device} is ${says ? 1 : 0}`;
}

/** Whether a controller announces it, whatever it is known to do. */
export function isAnnouncedBy(
  controller: Announcing,
  kind: AnnouncedKind,
  number: number,
): boolean | undefined {
  const by = announcedBy[kind].get(number)?.by;
  return by === undefined ? undefined : announcerOf(controller).says(by);
}

/** A controller of the fleet, with the fields of Identify Controller that the fleet keeps. */
export function announcing({ identity, capabilities, role, pciDeviceId }: Controller): Announcing {
  return {
    identity: identity && { ...identity, deviceId: pciDeviceId },
    fields: capabilities,
    isPrimary: role === 'primary',
  };
}

function announcerOf({ identity, fields, isPrimary }: Announcing): Announcer {
  const known = (fields ?? {}) as Readonly<Partial<Record<string, unknown>>>;
  return {
    says: ({ field, mask }: Announcement) => {
      const value = known[field];
      return typeof value === 'number' ? (value & mask) !== 0 : undefined;
    },
    isPrimary,
    deviations: knownDevice(identity)?.deviations ?? deviations.none,
  };
}
