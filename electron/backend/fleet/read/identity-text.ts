import type { Announcing } from '#shared/known-devices/offered-by.ts';
import type { IdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import { legacyNqn } from '#shared/nvme/nqn.ts';

/** Text fields are padded with blanks; some devices pad with zeros. */
export function trimmed(text: string): string {
  return text.replace(/[\0 ]+$/, '').trimStart();
}

/**
 * The subsystem's NQN. Controllers before NVMe 1.2.1 report none; hosts then make one from VID, SSVID, SN and MN
 * (NVMe Base 2.1, 4.7.1), so that every controller has a subsystem.
 */
export function subsystemNqnOf(identify: IdentifyController): string {
  if (identify.subnqn !== '') return identify.subnqn;
  return trimmed(legacyNqn(identify));
}

/** A primary controller by what it answered itself. */
export function announcingIdentify(identify: IdentifyController | null): Announcing {
  return {
    identity: identify && { vid: identify.vid, modelNumber: trimmed(identify.mn) },
    fields: identify,
    isPrimary: true,
  };
}
