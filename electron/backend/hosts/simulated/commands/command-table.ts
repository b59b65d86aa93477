import { vendorMigrationOpcodes } from '#shared/nvme/commands/migration/vendor-migration.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { completionOf } from '#shared/nvme/status.ts';
import { requestEvent } from '../controller/asynchronous-events.ts';
import { shownTemplate } from '../controller/shown-identity.ts';
import type { DeviceProfile } from '../profiles/profile.ts';
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

const optionalCommandsOffset = 256;
const keepAliveOffset = 320;

const always = (controller: SimulatedController) => controller;

const where = (has: (controller: SimulatedController) => boolean) => (controller: SimulatedController) =>
  has(controller) ? controller : null;

const onPrimary =
  (has: (profile: DeviceProfile) => boolean) =>
  (controller: SimulatedController): SimulatedPrimary | null =>
    isPrimary(controller) && has(controller.subsystem.profile) ? controller : null;

const migrates = onPrimary((profile) => profile.migrates);
const hasVendorMigration = onPrimary((profile) => profile.stateTransfer?.interface === 'vendor-2022');
const hasVirtualSubsystems = onPrimary((profile) => profile.virtualSubsystems);
const managesFunctions = onPrimary((profile) => profile.managesFunctions);
const tracks = onPrimary((profile) => profile.tracking !== null);

function withTrackingLimits(controller: SimulatedController) {
  const { tracking: limits } = controller.subsystem.profile;
  return limits && isPrimary(controller) ? { primary: controller, limits } : null;
}

// Whether a controller has a command follows from its role, its profile and what its Identify Controller announces.
const rows: readonly CommandRow[] = [
  commandRow({ opcode: adminOpcodes.identify, when: always, handler: identify }),
  commandRow({ opcode: adminOpcodes.getLogPage, when: always, handler: getLogPage }),
  commandRow({ opcode: adminOpcodes.getFeatures, when: always, handler: getFeatures }),
  commandRow({ opcode: adminOpcodes.setFeatures, when: always, handler: setFeatures }),
  commandRow({ opcode: adminOpcodes.abort, when: always, handler: abort }),
  waitingCommandRow({ opcode: adminOpcodes.asynchronousEventRequest, when: always, handler: requestEvent }),
  commandRow({ opcode: adminOpcodes.createCompletionQueue, when: always, handler: createQueue }),
  commandRow({ opcode: adminOpcodes.createSubmissionQueue, when: always, handler: createQueue }),
  commandRow({ opcode: adminOpcodes.deleteCompletionQueue, when: always, handler: deleteQueue }),
  commandRow({ opcode: adminOpcodes.deleteSubmissionQueue, when: always, handler: deleteQueue }),
  commandRow({
    opcode: adminOpcodes.virtualizationManagement,
    when: where(
      (controller) =>
        isPrimary(controller) || controller.subsystem.profile.virtualizationElsewhere !== 'invalidOpcode',
    ),
    handler: virtualizationManagement,
  }),
  commandRow({
    opcode: adminOpcodes.namespaceAttachment,
    when: where(mayAttach),
    handler: namespaceAttachment,
    effects: effects.inventory,
  }),
  commandRow({
    opcode: adminOpcodes.namespaceManagement,
    when: where(({ subsystem, part }) => subsystem.profile.managesNamespaces && part.kind !== 'secondary'),
    handler: namespaceManagement,
    effects: effects.inventory,
  }),
  commandRow({
    opcode: adminOpcodes.formatNvm,
    when: where(formats),
    handler: formatNvm,
    effects: effects.content | effects.namespace | effects.exclusive,
  }),
  commandRow({
    opcode: adminOpcodes.sanitize,
    when: where(({ subsystem, part }) => subsystem.profile.sanitizes && part.kind !== 'secondary'),
    handler: sanitize,
    effects: effects.content | effects.exclusive,
  }),
  // Nothing happens here to a host that stays silent.
  commandRow({
    opcode: adminOpcodes.keepAlive,
    when: where(keepsAlive),
    handler: () => completionOf('success'),
  }),
  commandRow({ opcode: adminOpcodes.migrationSend, when: migrates, handler: migrationSend }),
  commandRow({ opcode: adminOpcodes.migrationReceive, when: migrates, handler: migrationReceive }),
  commandRow({
    opcode: adminOpcodes.trackSend,
    when: withTrackingLimits,
    handler: ({ primary, limits }, command) => trackSend(primary, command, limits),
  }),
  commandRow({ opcode: adminOpcodes.trackReceive, when: tracks, handler: trackReceive }),
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
export const commandTable: ReadonlyMap<number, CommandRow> = new Map(rows.map((row) => [row.opcode, row]));

/** OACS bit 1. */
function formats(controller: SimulatedController): boolean {
  return ((shownTemplate(controller)[optionalCommandsOffset] ?? 0) & 2) !== 0;
}

/** KAS of Identify Controller is not 0. */
function keepsAlive(controller: SimulatedController): boolean {
  const template = shownTemplate(controller);
  return (template[keepAliveOffset] ?? 0) + (template[keepAliveOffset + 1] ?? 0) > 0;
}

function mayAttach({ subsystem, part }: SimulatedController): boolean {
  const { attachesNamespaces } = subsystem.profile;
  if (attachesNamespaces === 'not-secondaries') return part.kind !== 'secondary';
  return attachesNamespaces === 'all';
}
