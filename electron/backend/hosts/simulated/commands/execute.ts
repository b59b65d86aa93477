import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { completionOf } from '#shared/nvme/status.ts';
import {
  type Execution,
  isPrimary,
  type SimulatedController,
  type SimulatedPrimary,
} from '../state/controller.ts';
import { commandTable } from './command-table.ts';
import type { CommandContext, SupportedCommand } from './handler.ts';
import { noteError } from './log-pages/error-log.ts';
import { isHeldBySanitize } from './namespaces/sanitize.ts';

const context: CommandContext = { execute, supported: supportedCommands };

/** Admin commands that the controller answers with something else than Invalid Command Opcode. */
export function supportedCommands(controller: SimulatedController): readonly SupportedCommand[] {
  return [...commandTable.values()].filter((row) => row.on(controller) !== null);
}

/** Executes one admin command: the only door to a controller's state besides resets. */
export function execute(controller: SimulatedController, command: AdminCommand): Execution {
  if (controller.isOffline)
    return { kind: 'silent', reason: 'the secondary controller is offline (CSTS.CFS is 1)' };
  if (controller.fatal) return { kind: 'silent', reason: 'the controller has a fatal error (CSTS.CFS is 1)' };
  if (controller.suspended) return { kind: 'silent', reason: 'the controller is suspended' };
  if (isPrimary(controller) && dependsOnGuests(controller, command.opcode))
    for (const catchUp of controller.subsystem.activity) catchUp();
  const handler = commandTable.get(command.opcode)?.on(controller) ?? null;
  // What the controller does not have is an invalid opcode even while a sanitize operation runs.
  if (isHeld(controller, command) && handler !== null)
    return answered(controller, command, completionOf('sanitizeInProgress', { dnr: false }));
  const execution = handler?.(command, context) ?? {
    kind: 'completed',
    completion: completionOf('invalidOpcode'),
  };
  countCommand(controller, execution.kind === 'completed');
  return execution.kind === 'completed' ? answered(controller, command, execution.completion) : execution;
}

// A request for an event is taken at any time; what a sanitize operation has to report comes through it.
function isHeld(controller: SimulatedController, command: AdminCommand): boolean {
  if (command.opcode === adminOpcodes.asynchronousEventRequest || !controller.subsystem.sanitize)
    return false;
  return isHeldBySanitize(controller, command);
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
function dependsOnGuests({ part }: SimulatedPrimary, opcode: number): boolean {
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
