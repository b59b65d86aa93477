import {
  type AnnouncedKind,
  type Announcement,
  type Deviations,
  isAnnouncedIn,
  isOffered,
} from '#shared/nvme/announcements/announcements.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { isPrimary, type SimulatedController } from '../state/controller.ts';
import type { SimulatedSubsystem } from '../state/subsystem.ts';
import { shownTemplate } from './shown-identity.ts';

/** Whether the controller, as it shows itself, announces it. */
export function announces(controller: SimulatedController, announcement: Announcement): boolean {
  return isAnnouncedIn(shownTemplate(controller), announcement);
}

/**
 * Whether the controller does not refuse something for want of an announcement: a device obeys what it says of itself in
 * the Identify Controller that it shows. What real devices are known to do otherwise stands in their profile (`deviations`).
 */
export function offers(controller: SimulatedController, kind: AnnouncedKind, number: number): boolean {
  const { deviations } = controller.subsystem.profile;
  const announcer = {
    says: (announcement: Announcement) => announces(controller, announcement),
    isPrimary: isPrimary(controller),
    deviations,
  };
  return isOffered(announcer, kind, number) === true;
}

/** Whether a primary controller with this Identify Controller assigns resources to secondaries and brings them online. */
export function managesSecondaries(identifyController: Uint8Array, deviations: Deviations): boolean {
  const says = (announcement: Announcement) => isAnnouncedIn(identifyController, announcement);
  const announcer = { says, isPrimary: true, deviations };
  return isOffered(announcer, 'adminCommands', adminOpcodes.virtualizationManagement) === true;
}

/** What Identify Controller announces never changes, and controllers that are added later manage nothing. */
const managed = new WeakMap<SimulatedSubsystem, boolean>();

/** Whether any controller of the NVM subsystem creates and deletes namespaces. */
export function managesNamespaces(subsystem: SimulatedSubsystem): boolean {
  const known = managed.get(subsystem);
  if (known !== undefined) return known;
  const manages = [...subsystem.controllers.values()].some(
    (controller) =>
      controller.part.kind !== 'secondary' &&
      offers(controller, 'adminCommands', adminOpcodes.namespaceManagement),
  );
  managed.set(subsystem, manages);
  return manages;
}
