import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { vendorMigrationOpcodes } from '#shared/nvme/commands/migration/vendor-migration.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { completionOf } from '#shared/nvme/status.ts';
import { requestEvent } from '../controller/asynchronous-events.ts';
import { shownTemplate } from '../controller/shown-identity.ts';
import {
  type Execution,
  isPrimary,
  type PrimaryController,
  type SimulatedController,
} from '../state/controller.ts';
import { getFeatures, setFeatures } from './features/features.ts';
import { functionManagement, functionReceive } from './functions/function-management.ts';
import { virtualizationManagement } from './functions/virtualization-management.ts';
import { identify } from './identify/identify.ts';
import { noteError } from './log-pages/error-log.ts';
import { getLogPage } from './log-pages/log-pages.ts';
import { migrationReceive } from './migration/migration-receive.ts';
import { migrationSend } from './migration/migration-send.ts';
import { vendorMigration } from './migration/vendor/vendor-migration.ts';
import { formatNvm } from './namespaces/format-nvm.ts';
import { namespaceAttachment } from './namespaces/namespace-attachment.ts';
import { namespaceManagement } from './namespaces/namespace-management.ts';
import { isHeldBySanitize, sanitize } from './namespaces/sanitize.ts';
import { abort } from './queues/abort.ts';
import { createQueue, deleteQueue } from './queues/queues.ts';
import { controllerDataQueue } from './tracking/controller-data-queue-commands.ts';
import { trackReceive } from './tracking/track-receive.ts';
import { trackSend } from './tracking/track-send.ts';
import {
  virtualSubsystemManagement,
  virtualSubsystemReceive,
} from './virtual-subsystems/virtual-subsystem-commands.ts';

const optionalCommandsOffset = 256;
const keepAliveOffset = 320;

type Handler = (controller: SimulatedController, command: AdminCommand) => AdminCompletion;

// Which handlers a controller has follows from its role and profile, so that what it does not have is an invalid opcode.
const handlers: Readonly<Partial<Record<number, Handler>>> = {
  [adminOpcodes.identify]: identify,
  [adminOpcodes.getLogPage]: getLogPage,
  [adminOpcodes.getFeatures]: getFeatures,
  [adminOpcodes.setFeatures]: setFeatures,
  [adminOpcodes.abort]: abort,
  [adminOpcodes.createCompletionQueue]: createQueue,
  [adminOpcodes.createSubmissionQueue]: createQueue,
  [adminOpcodes.deleteCompletionQueue]: deleteQueue,
  [adminOpcodes.deleteSubmissionQueue]: deleteQueue,
  [adminOpcodes.virtualizationManagement]: virtualizationManagement,
  [adminOpcodes.namespaceAttachment]: (controller, command) =>
    mayAttach(controller) ? namespaceAttachment(controller, command) : completionOf('invalidOpcode'),
  [adminOpcodes.namespaceManagement]: (controller, command) =>
    controller.subsystem.profile.managesNamespaces && controller.part.kind !== 'secondary'
      ? namespaceManagement(controller, command)
      : completionOf('invalidOpcode'),
  [adminOpcodes.formatNvm]: (controller, command) =>
    formats(controller) ? formatNvm(controller, command) : completionOf('invalidOpcode'),
  [adminOpcodes.sanitize]: (controller, command) =>
    maySanitize(controller) ? sanitize(controller, command) : completionOf('invalidOpcode'),
  [adminOpcodes.keepAlive]: (controller) =>
    keepsAlive(controller) ? completionOf('success') : completionOf('invalidOpcode'),
  [adminOpcodes.migrationSend]: (controller, command) =>
    isPrimary(controller) && controller.subsystem.profile.migrates
      ? migrationSend(controller, command)
      : completionOf('invalidOpcode'),
  [adminOpcodes.migrationReceive]: (controller, command) =>
    isPrimary(controller) && controller.subsystem.profile.migrates
      ? migrationReceive(controller, command)
      : completionOf('invalidOpcode'),
  [adminOpcodes.trackSend]: (controller, command) => {
    const { tracking } = controller.subsystem.profile;
    return isPrimary(controller) && tracking
      ? trackSend(controller, command, tracking)
      : completionOf('invalidOpcode');
  },
  [adminOpcodes.trackReceive]: (controller, command) =>
    isPrimary(controller) && controller.subsystem.profile.tracking
      ? trackReceive(controller, command)
      : completionOf('invalidOpcode'),
  [adminOpcodes.controllerDataQueue]: (controller, command) => {
    const { tracking } = controller.subsystem.profile;
    return isPrimary(controller) && tracking
      ? controllerDataQueue(controller, command, tracking)
      : completionOf('invalidOpcode');
  },
  [adminOpcodes.virtualSubsystemManagement]: (controller, command) =>
    isPrimary(controller) && controller.subsystem.profile.virtualSubsystems
      ? virtualSubsystemManagement(controller, command)
      : completionOf('invalidOpcode'),
  [adminOpcodes.virtualSubsystemReceive]: (controller, command) =>
    isPrimary(controller) && controller.subsystem.profile.virtualSubsystems
      ? virtualSubsystemReceive(controller, command)
      : completionOf('invalidOpcode'),
  [adminOpcodes.functionManagement]: (controller, command) =>
    isPrimary(controller) && controller.subsystem.profile.managesFunctions
      ? functionManagement(controller, command)
      : completionOf('invalidOpcode'),
  [adminOpcodes.functionReceive]: (controller, command) =>
    isPrimary(controller) && controller.subsystem.profile.managesFunctions
      ? functionReceive(controller, command)
      : completionOf('invalidOpcode'),
  ...Object.fromEntries(
    vendorMigrationOpcodes.map((opcode): [number, Handler] => [
      opcode,
      (controller, command) =>
        isPrimary(controller) && hasVendorMigration(controller)
          ? vendorMigration(controller, command)
          : completionOf('invalidOpcode'),
    ]),
  ),
};

function hasVendorMigration(controller: SimulatedController): boolean {
  return controller.subsystem.profile.stateTransfer?.interface === 'vendor-2022';
}

/** Opcodes that the controller answers with something else than Invalid Command Opcode. */
export function supportedOpcodes(controller: SimulatedController): readonly number[] {
  const { profile } = controller.subsystem;
  const isController = isPrimary(controller);
  const conditional: Readonly<Partial<Record<number, boolean>>> = {
    [adminOpcodes.virtualizationManagement]:
      isController || profile.virtualizationElsewhere !== 'invalidOpcode',
    [adminOpcodes.namespaceAttachment]: mayAttach(controller),
    [adminOpcodes.namespaceManagement]: profile.managesNamespaces && controller.part.kind !== 'secondary',
    [adminOpcodes.formatNvm]: formats(controller),
    [adminOpcodes.sanitize]: maySanitize(controller),
    [adminOpcodes.keepAlive]: keepsAlive(controller),
    [adminOpcodes.migrationSend]: isController && profile.migrates,
    [adminOpcodes.migrationReceive]: isController && profile.migrates,
    [adminOpcodes.trackSend]: isController && profile.tracking !== null,
    [adminOpcodes.trackReceive]: isController && profile.tracking !== null,
    [adminOpcodes.controllerDataQueue]: isController && profile.tracking !== null,
    [adminOpcodes.virtualSubsystemManagement]: isController && profile.virtualSubsystems,
    [adminOpcodes.virtualSubsystemReceive]: isController && profile.virtualSubsystems,
    [adminOpcodes.functionManagement]: isController && profile.managesFunctions,
    [adminOpcodes.functionReceive]: isController && profile.managesFunctions,
    ...Object.fromEntries(
      vendorMigrationOpcodes.map((opcode) => [opcode, isController && hasVendorMigration(controller)]),
    ),
  };
  return [...Object.keys(handlers).map(Number), adminOpcodes.asynchronousEventRequest].filter(
    (opcode) => conditional[opcode] ?? true,
  );
}

/** Executes one admin command: the only door to a controller's state besides resets. */
export function execute(controller: SimulatedController, command: AdminCommand): Execution {
  if (controller.isOffline)
    return { kind: 'silent', reason: 'the secondary controller is offline (CSTS.CFS is 1)' };
  if (controller.fatal) return { kind: 'silent', reason: 'the controller has a fatal error (CSTS.CFS is 1)' };
  if (controller.suspended) return { kind: 'silent', reason: 'the controller is suspended' };
  if (command.opcode === adminOpcodes.asynchronousEventRequest) {
    const execution = requestEvent(controller, command);
    countCommand(controller, execution.kind === 'completed');
    return execution.kind === 'completed' ? answered(controller, command, execution.completion) : execution;
  }
  if (isPrimary(controller) && dependsOnGuests(controller, command.opcode))
    for (const catchUp of controller.subsystem.activity) catchUp();
  if (controller.subsystem.sanitize && isHeld(controller, command))
    return answered(controller, command, completionOf('sanitizeInProgress', { dnr: false }));
  const handler = handlers[command.opcode];
  const completion = handler ? handler(controller, command) : completionOf('invalidOpcode');
  countCommand(controller, true);
  return answered(controller, command, completion);
}

// What the controller does not have is an invalid opcode even while a sanitize operation runs.
function isHeld(controller: SimulatedController, command: AdminCommand): boolean {
  return isHeldBySanitize(controller, command) && supportedOpcodes(controller).includes(command.opcode);
}

// A refusal leaves an entry in the Error Information log page.
function answered(
  controller: SimulatedController,
  command: AdminCommand,
  completion: AdminCompletion,
): Execution {
  if (completion.sct === 0 && completion.sc === 0) return { kind: 'completed', completion };
  noteError(controller, command, completion);
  const { moreOnRefusal } = controller.subsystem.profile;
  return { kind: 'completed', completion: moreOnRefusal ? { ...completion, more: true } : completion };
}

/** Commands that start, read or end what is tracked, or that freeze a guest's controller. */
function dependsOnGuests({ part }: PrimaryController, opcode: number): boolean {
  if (opcode === adminOpcodes.migrationSend || opcode === adminOpcodes.trackSend) return true;
  if (opcode === adminOpcodes.vendorSuspend) return true;
  if (part.tracking.queues.size + part.tracking.trackers.size === 0) return false;
  return (
    opcode === adminOpcodes.trackReceive ||
    opcode === adminOpcodes.controllerDataQueue ||
    opcode === adminOpcodes.getFeatures ||
    opcode === adminOpcodes.setFeatures
  );
}

/** OACS bit 1. */
function formats(controller: SimulatedController): boolean {
  return ((shownTemplate(controller)[optionalCommandsOffset] ?? 0) & 2) !== 0;
}

function maySanitize({ subsystem, part }: SimulatedController): boolean {
  return subsystem.profile.sanitizes && part.kind !== 'secondary';
}

/** KAS of Identify Controller is not 0. Nothing happens here to a host that stays silent. */
function keepsAlive(controller: SimulatedController): boolean {
  const template = shownTemplate(controller);
  return (template[keepAliveOffset] ?? 0) + (template[keepAliveOffset + 1] ?? 0) > 0;
}

function mayAttach(controller: SimulatedController): boolean {
  const { attachesNamespaces } = controller.subsystem.profile;
  if (attachesNamespaces === 'not-secondaries') return controller.part.kind !== 'secondary';
  return attachesNamespaces === 'all';
}

// The admin queue's indexes are part of the state that a migration moves.
function countCommand(controller: SimulatedController, completed: boolean): void {
  if (!controller.isEnabled) return;
  const { admin, properties } = controller.live;
  const submissionSize = (properties.aqa & 0xfff) + 1;
  admin.submissionTail = (admin.submissionTail + 1) % submissionSize;
  admin.submissionHead = admin.submissionTail;
  if (!completed) return;
  const completionSize = ((properties.aqa >>> 16) & 0xfff) + 1;
  admin.completionTail = (admin.completionTail + 1) % completionSize;
  admin.completionHead = admin.completionTail;
  if (admin.completionTail === 0) admin.phase = !admin.phase;
}
