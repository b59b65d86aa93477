import {
  type Announcement,
  type AnnouncementRow,
  announcedBy,
  isAnnouncedIn,
} from '#shared/nvme/announcements/announcements.ts';
import { isPrimary, type SimulatedController } from '../state/controller.ts';
import { shownTemplate } from './shown-identity.ts';

/*
 * A device obeys what it says of itself: what a controller offers follows from the Identify Controller that it shows. What
 * real devices are known to do otherwise stands in their profile (`deviations`).
 */

/** Whether the controller, as it shows itself, announces it. */
export function announces(controller: SimulatedController, announcement: Announcement): boolean {
  return isAnnouncedIn(shownTemplate(controller), announcement);
}

/** Whether an admin command is not an invalid opcode for want of an announcement. */
export function offersCommand(controller: SimulatedController, opcode: number): boolean {
  const { unannounced, missing } = controller.subsystem.profile.deviations;
  if (missing.adminCommands.includes(opcode)) return false;
  return (
    unannounced.adminCommands.includes(opcode) || offers(controller, announcedBy.adminCommands.get(opcode))
  );
}

/** Whether the controller has a command of the NVM command set. */
export function offersInputOutput(controller: SimulatedController, opcode: number): boolean {
  return offers(controller, announcedBy.inputOutputCommands.get(opcode));
}

/** Whether a structure of Identify is not refused for want of an announcement. */
export function offersStructure(controller: SimulatedController, cns: number): boolean {
  const { unannounced } = controller.subsystem.profile.deviations;
  return unannounced.structures.includes(cns) || offers(controller, announcedBy.structures.get(cns));
}

/** Whether a log page is not refused for want of an announcement. */
export function offersLogPage(controller: SimulatedController, lid: number): boolean {
  return offers(controller, announcedBy.logPages.get(lid));
}

/** Whether a feature is not refused for want of an announcement. */
export function offersFeature(controller: SimulatedController, fid: number): boolean {
  return offers(controller, announcedBy.features.get(fid));
}

function offers(controller: SimulatedController, row: AnnouncementRow | undefined): boolean {
  if (row === undefined) return true;
  return (!row.onlyPrimary || isPrimary(controller)) && announces(controller, row.by);
}
