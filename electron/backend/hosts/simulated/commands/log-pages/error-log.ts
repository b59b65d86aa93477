import { type AdminCommand, type AdminCompletion, statusValue } from '#shared/nvme/command.ts';
import {
  blankErrorInformation,
  type ErrorInformation,
  encodeErrorInformation,
  errorInformationLength,
} from '#shared/nvme/layouts/logs/error-information.ts';
import { shownTemplate } from '../../controller/shown-identity.ts';
import type { SimulatedController } from '../../state/controller.ts';
import { freeCommandIdentifier } from '../queues/command-identifier.ts';
import { parameterErrorLocation } from './parameter-error-location.ts';

const entriesOffset = 262;
/** A PCIe controller's entries have this Log Page Version. */
const logPageVersion = 1;

/**
 * What the controller remembers of a command that it refused. An entry is made for every command whose status is not
 * success; the newest stands first in the log page.
 */
export function noteError(
  controller: SimulatedController,
  command: AdminCommand,
  completion: AdminCompletion,
): void {
  if (!controller.subsystem.profile.logsErrors) return;
  const { health } = controller;
  const { outstanding, phase } = controller.hasLiveState
    ? { outstanding: controller.live.events.outstanding, phase: controller.live.admin.phase }
    : { outstanding: [], phase: true };
  health.errorCount++;
  health.errors.unshift({
    ...blankErrorInformation(),
    errorCount: BigInt(health.errorCount),
    cmdid: command.commandIdentifier ?? freeCommandIdentifier(outstanding),
    // The phase tag of the completion is bit 0.
    statusField: statusValue(completion) * 2 + (phase ? 1 : 0),
    parmErrorLocation: parameterErrorLocation(command, completion),
    nsid: command.nsid >>> 0,
    opcode: command.opcode,
    logPageVersion,
  });
  if (health.errors.length > largestCount(controller)) health.errors.pop();
}

/** Error Information (log page 01h): ELPE + 1 entries of 64 bytes; those that are not used are zero. */
export function errorPage(controller: SimulatedController): Uint8Array {
  const most = (shownTemplate(controller)[entriesOffset] ?? 0) + 1;
  const bytes = new Uint8Array(errorInformationLength * most);
  if (!controller.hasHealth) return bytes;
  for (const [index, entry] of controller.health.errors.slice(0, most).entries())
    bytes.set(encoded(entry), index * errorInformationLength);
  return bytes;
}

function largestCount(controller: SimulatedController): number {
  return (controller.identifyTemplate[entriesOffset] ?? 0) + 1;
}

// Values come from commands and completions, so encoding them cannot fail unless the simulator itself is wrong.
function encoded(entry: ErrorInformation): Uint8Array {
  const bytes = encodeErrorInformation(entry);
  if (!bytes.ok) throw new Error(bytes.error.message);
  return bytes.value;
}
