import { announcements } from '#shared/nvme/announcements/announcements.ts';
import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { getLogPage, logPageIdentifiers as pages } from '#shared/nvme/commands/get-log-page.ts';
import { sanitizeActions as actions, sanitize as definition } from '#shared/nvme/commands/sanitize.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import {
  blankSanitizeStatus,
  encodeSanitizeStatus,
  sanitizeOperationStatus,
} from '#shared/nvme/layouts/logs/sanitize-status.ts';
import { completionOf } from '#shared/nvme/status.ts';
import { announces } from '../../controller/announced.ts';
import { sanitizeEnded } from '../../controller/asynchronous-events.ts';
import type { SimulatedController } from '../../state/controller.ts';
import {
  completedPasses,
  isOver,
  progress,
  type SanitizeKind,
  sanitizeSeconds,
} from '../../state/sanitize-operation.ts';
import type { SimulatedSubsystem } from '../../state/subsystem.ts';
import { everythingChanged } from '../../state/tracking-state.ts';

/**
 * SANICAP of Identify Controller: crypto erase, block erase and overwrite; the media is not modified once more after the
 * operation (NODMMAS 01b).
 */
export const sanitizeCapabilities = 0x4000_0007;

/** Kinds of operation by their action, each with the bit of SANICAP that announces it. */
const kinds: ReadonlyMap<number, readonly [kind: SanitizeKind, bit: number]> = new Map([
  [actions.blockErase.value, ['blockErase', 1]],
  [actions.overwrite.value, ['overwrite', 2]],
  [actions.cryptoErase.value, ['cryptoErase', 0]],
]);
/** OWPASS 0 stands for 16. */
const mostPasses = 16;
const notReported = 0xffffffff;
const notRunning = 0xffff;
/** SSTAT bit 8 (GDE): no user data was written since the last sanitize operation. */
const globalDataErased = 1 << 8;

/** Log pages and commands that a controller takes while the NVM subsystem is being sanitized. */
const allowedPages: ReadonlySet<number> = new Set([
  pages.supportedLogPages.value,
  pages.errorInformation.value,
  pages.smart.value,
  pages.changedNamespaces.value,
  pages.sanitizeStatus.value,
]);
const allowedCommands: ReadonlySet<number> = new Set([
  adminOpcodes.deleteSubmissionQueue,
  adminOpcodes.createSubmissionQueue,
  adminOpcodes.deleteCompletionQueue,
  adminOpcodes.createCompletionQueue,
  adminOpcodes.identify,
  adminOpcodes.abort,
  adminOpcodes.setFeatures,
  adminOpcodes.getFeatures,
  adminOpcodes.asynchronousEventRequest,
  adminOpcodes.keepAlive,
]);

/** Sanitize (NVMe Base 2.1, 5.1.22): refused with Controller Suspended while any controller is suspended. */
export function sanitize(controller: SimulatedController, command: AdminCommand): AdminCompletion {
  const { subsystem } = controller;
  const { sanact, owpass, emvs } = definition.decode(command);
  for (const other of subsystem.controllers.values())
    if (other.suspended) return completionOf('controllerSuspended');
  // There is no media verification state to enter, and no operation fails here, so there is no failure to leave.
  if (emvs) return completionOf('invalidField');
  if (sanact === actions.exitFailureMode.value) return completionOf('success');
  const kind = sanitizeKind(controller, sanact);
  if (kind === undefined) return completionOf('invalidField');
  subsystem.sanitize = {
    kind,
    passes: kind === 'overwrite' ? owpass || mostPasses : 1,
    cdw10: command.cdw10 >>> 0,
    startedAt: subsystem.time(),
    completed: false,
    writtenBefore: 0,
  };
  return completionOf('success');
}

/** The kind of operation that an action starts; undefined for one that SANICAP of the controller does not announce. */
export function sanitizeKind(controller: SimulatedController, sanact: number): SanitizeKind | undefined {
  const [kind, bit] = kinds.get(sanact) ?? [];
  const isAnnounced =
    bit !== undefined && announces(controller, { ...announcements.sanitize, mask: 1 << bit });
  return isAnnounced ? kind : undefined;
}

/** Whether a sanitize operation keeps the command from being executed; ends the operation when its time is over. */
export function isHeldBySanitize(controller: SimulatedController, command: AdminCommand): boolean {
  const { subsystem } = controller;
  settleSanitize(subsystem);
  if (subsystem.sanitize === null || subsystem.sanitize.completed) return false;
  if (command.opcode === adminOpcodes.getLogPage) return !allowedPages.has(getLogPage.decode(command).lid);
  return !allowedCommands.has(command.opcode);
}

/** Ends the operation when its time is over: all user data is gone, and the hosts hear of it. */
export function settleSanitize(subsystem: SimulatedSubsystem): void {
  const operation = subsystem.sanitize;
  if (operation === null || operation.completed || !isOver(operation, subsystem.time())) return;
  operation.completed = true;
  operation.writtenBefore = bytesWritten(subsystem);
  for (const { contents } of subsystem.namespaces.values()) contents.erase();
  for (const controller of subsystem.controllers.values()) {
    everythingChanged(controller);
    sanitizeEnded(controller);
  }
}

/** Sanitize Status (log page 81h). */
export function sanitizeStatusPage({ subsystem }: SimulatedController): Uint8Array {
  const operation = subsystem.sanitize;
  const now = subsystem.time();
  const status = sanitizeOperationStatus;
  const isRunning = operation !== null && !operation.completed;
  const outcome = operation === null ? status.never : isRunning ? status.inProgress : status.completed;
  const isErased = outcome === status.completed && operation?.writtenBefore === bytesWritten(subsystem);
  const passes = operation === null ? 0 : completedPasses(operation, now);
  const encoded = encodeSanitizeStatus({
    ...blankSanitizeStatus(),
    sprog: isRunning ? progress(operation, now) : notRunning,
    sstat: outcome | (passes << 3) | (isErased ? globalDataErased : 0),
    scdw10: operation?.cdw10 ?? 0,
    eto: sanitizeSeconds.overwrite * mostPasses,
    etbe: sanitizeSeconds.blockErase,
    etce: sanitizeSeconds.cryptoErase,
    etond: notReported,
    etbend: notReported,
    etcend: notReported,
    etpvds: notReported,
  });
  if (!encoded.ok) throw new Error(encoded.error.message);
  return encoded.value;
}

function bytesWritten(subsystem: SimulatedSubsystem): number {
  let sum = 0;
  for (const controller of subsystem.controllers.values())
    if (controller.hasHealth) sum += controller.health.bytesWritten;
  return sum;
}
