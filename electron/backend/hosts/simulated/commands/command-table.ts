import { vendorMigrationOpcodes } from '#shared/nvme/commands/migration/vendor-migration.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { announcesVendorMigration } from '#shared/nvme/layouts/controller-state/vendor-migration-support.ts';
import { decodeFunctionSupport } from '#shared/nvme/layouts/proposal/function-support.ts';
import { decodeVirtualSubsystemSupport } from '#shared/nvme/layouts/proposal/virtual-subsystem-support.ts';
import { completionOf } from '#shared/nvme/status.ts';
import { offers } from '../controller/announced.ts';
import { requestEvent } from '../controller/asynchronous-events.ts';
import { isPrimary, type SimulatedController, type SimulatedPrimary } from '../state/controller.ts';
import { getFeatures, setFeatures } from './features/features.ts';
import { functionManagement, functionReceive } from './functions/function-management.ts';
import { virtualizationManagement } from './functions/virtualization-management.ts';
import { type CommandRow, commandRow, waitingCommandRow } from './handler.ts';
import { identify } from './identify/identify.ts';
import { commandEffects as effects } from './log-pages/command-effects.ts';
import { getLogPage } from './log-pages/log-pages.ts';
import { migrationReceive } from './migration/migration-receive.ts';
import { migrationSend } from './migration/migration-send.ts';
import { vendorMigration } from './migration/vendor/vendor-migration.ts';
import { formatNvm } from './namespaces/format-nvm.ts';
import { namespaceAttachment } from './namespaces/namespace-attachment.ts';
import { namespaceManagement } from './namespaces/namespace-management.ts';
import { sanitize } from './namespaces/sanitize.ts';
import { abort } from './queues/abort.ts';
import { createQueue, deleteQueue } from './queues/queues.ts';
import { controllerDataQueue } from './tracking/controller-data-queue-commands.ts';
import { trackReceive } from './tracking/track-receive.ts';
import { trackSend } from './tracking/track-send.ts';
import {
  virtualSubsystemManagement,
  virtualSubsystemReceive,
} from './virtual-subsystems/virtual-subsystem-commands.ts';

/** The vendor part of Identify Controller. */
const vendorPartOffset = 3072;

const anyController = (controller: SimulatedController) => controller;
const onlyPrimary = (controller: SimulatedController) => (isPrimary(controller) ? controller : null);

const announcedInVendorPart =
  (has: (vendorPart: Uint8Array) => boolean) =>
  (controller: SimulatedController): SimulatedPrimary | null =>
    isPrimary(controller) && has(controller.identifyTemplate.subarray(vendorPartOffset)) ? controller : null;

// The byte alone proves nothing: any maker may use it for itself.
const announcedMigration = announcedInVendorPart(announcesVendorMigration);
const hasVendorMigration = (controller: SimulatedController) =>
  controller.subsystem.profile.stateTransfer?.interface === 'vendor-2022'
    ? announcedMigration(controller)
    : null;
const hasVirtualSubsystems = announcedInVendorPart((bytes) => {
  const support = decodeVirtualSubsystemSupport(bytes);
  return support.ok && support.value !== undefined;
});
const managesFunctions = announcedInVendorPart((bytes) => {
  const support = decodeFunctionSupport(bytes);
  return support.ok && support.value !== undefined;
});

function withTrackingLimits(controller: SimulatedController) {
  const { tracking: limits } = controller.subsystem.profile;
  return limits && isPrimary(controller) ? { primary: controller, limits } : null;
}

// What Identify Controller has to announce is asked for all rows alike, below; a row says what else it takes.
const rows: readonly CommandRow[] = [
  commandRow({ opcode: adminOpcodes.identify, when: anyController, handler: identify }),
  commandRow({ opcode: adminOpcodes.getLogPage, when: anyController, handler: getLogPage }),
  commandRow({ opcode: adminOpcodes.getFeatures, when: anyController, handler: getFeatures }),
  commandRow({ opcode: adminOpcodes.setFeatures, when: anyController, handler: setFeatures }),
  commandRow({ opcode: adminOpcodes.abort, when: anyController, handler: abort }),
  waitingCommandRow({
    opcode: adminOpcodes.asynchronousEventRequest,
    when: anyController,
    handler: requestEvent,
  }),
  commandRow({ opcode: adminOpcodes.createCompletionQueue, when: anyController, handler: createQueue }),
  commandRow({ opcode: adminOpcodes.createSubmissionQueue, when: anyController, handler: createQueue }),
  commandRow({ opcode: adminOpcodes.deleteCompletionQueue, when: anyController, handler: deleteQueue }),
  commandRow({ opcode: adminOpcodes.deleteSubmissionQueue, when: anyController, handler: deleteQueue }),
  commandRow({
    opcode: adminOpcodes.virtualizationManagement,
    when: anyController,
    handler: virtualizationManagement,
  }),
  commandRow({
    opcode: adminOpcodes.namespaceAttachment,
    when: anyController,
    handler: namespaceAttachment,
    effects: effects.inventory,
  }),
  commandRow({
    opcode: adminOpcodes.namespaceManagement,
    when: anyController,
    handler: namespaceManagement,
    effects: effects.inventory,
  }),
  commandRow({
    opcode: adminOpcodes.formatNvm,
    when: anyController,
    handler: formatNvm,
    effects: effects.content | effects.namespace | effects.exclusive,
  }),
  commandRow({
    opcode: adminOpcodes.sanitize,
    when: anyController,
    handler: sanitize,
    effects: effects.content | effects.exclusive,
  }),
  // Nothing happens here to a host that stays silent.
  commandRow({
    opcode: adminOpcodes.keepAlive,
    when: anyController,
    handler: () => completionOf('success'),
  }),
  commandRow({ opcode: adminOpcodes.migrationSend, when: onlyPrimary, handler: migrationSend }),
  commandRow({ opcode: adminOpcodes.migrationReceive, when: onlyPrimary, handler: migrationReceive }),
  commandRow({
    opcode: adminOpcodes.trackSend,
    when: withTrackingLimits,
    handler: ({ primary, limits }, command) => trackSend(primary, command, limits),
  }),
  commandRow({
    opcode: adminOpcodes.trackReceive,
    when: withTrackingLimits,
    handler: ({ primary }, command) => trackReceive(primary, command),
  }),
  commandRow({
    opcode: adminOpcodes.controllerDataQueue,
    when: withTrackingLimits,
    handler: ({ primary, limits }, command) => controllerDataQueue(primary, command, limits),
  }),
  commandRow({
    opcode: adminOpcodes.virtualSubsystemManagement,
    when: hasVirtualSubsystems,
    handler: virtualSubsystemManagement,
  }),
  commandRow({
    opcode: adminOpcodes.virtualSubsystemReceive,
    when: hasVirtualSubsystems,
    handler: virtualSubsystemReceive,
  }),
  commandRow({
    opcode: adminOpcodes.functionManagement,
    when: managesFunctions,
    handler: functionManagement,
  }),
  commandRow({ opcode: adminOpcodes.functionReceive, when: managesFunctions, handler: functionReceive }),
  ...vendorMigrationOpcodes.map((opcode) =>
    commandRow({ opcode, when: hasVendorMigration, handler: vendorMigration }),
  ),
];

/** Every admin command of the simulated device, by opcode: dispatch and the effects log both come from here. */
export const commandTable: ReadonlyMap<number, CommandRow> = new Map(
  rows.map((row) => [
    row.opcode,
    {
      ...row,
      on: (controller) => (offers(controller, 'adminCommands', row.opcode) ? row.on(controller) : null),
    },
  ]),
);
