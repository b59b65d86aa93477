import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { vendorMigrationOpcodes } from '#shared/nvme/commands/migration/vendor-migration.ts';
import { adminOpcodes as opcodes } from '#shared/nvme/commands/table.ts';
import { type StatusName, statusCodes } from '#shared/nvme/status.ts';
import type { Refusal } from '../../refusal.ts';
import type { SimulatedController } from '../state/controller.ts';
import { featureRefusal } from './feature-refusals.ts';
import { identifyRefusal, logPageRefusal } from './identify-refusals.ts';
import { formatRefusal, sanitizeRefusal, sanitizeRuns } from './media-refusals.ts';
import { migrationReceiveRefusal, migrationSendRefusal, vendorRefusal } from './migration-refusals.ts';
import { missingCommand } from './missing-command.ts';
import { attachmentRefusal, namespaceRefusal } from './namespace-refusals.ts';
import { functionRefusal, proposalReadRefusal, virtualSubsystemRefusal } from './proposal-refusals.ts';
import { queueRefusal, requestRefusal } from './queue-refusals.ts';
import { type CommandingHost, ofPrimary, type RefusalTeller } from './refused-command.ts';
import { dataQueueRefusal, trackReceiveRefusal, trackSendRefusal } from './tracking-refusals.ts';
import { virtualizationRefusal } from './virtualization-refusals.ts';

/** By opcode: who can tell why such a command is refused. */
const tellers: ReadonlyMap<number, RefusalTeller> = new Map<number, RefusalTeller>([
  [opcodes.identify, identifyRefusal],
  [opcodes.getLogPage, logPageRefusal],
  [opcodes.getFeatures, featureRefusal],
  [opcodes.setFeatures, featureRefusal],
  [opcodes.abort, requestRefusal],
  [opcodes.asynchronousEventRequest, requestRefusal],
  [opcodes.createCompletionQueue, queueRefusal],
  [opcodes.createSubmissionQueue, queueRefusal],
  [opcodes.deleteCompletionQueue, queueRefusal],
  [opcodes.deleteSubmissionQueue, queueRefusal],
  [opcodes.virtualizationManagement, virtualizationRefusal],
  [opcodes.namespaceManagement, namespaceRefusal],
  [opcodes.namespaceAttachment, attachmentRefusal],
  [opcodes.formatNvm, formatRefusal],
  [opcodes.sanitize, sanitizeRefusal],
  [opcodes.migrationSend, ofPrimary(migrationSendRefusal)],
  [opcodes.migrationReceive, ofPrimary(migrationReceiveRefusal)],
  [opcodes.controllerDataQueue, ofPrimary(dataQueueRefusal)],
  [opcodes.trackSend, ofPrimary(trackSendRefusal)],
  [opcodes.trackReceive, ofPrimary(trackReceiveRefusal)],
  [opcodes.virtualSubsystemManagement, ofPrimary(virtualSubsystemRefusal)],
  [opcodes.virtualSubsystemReceive, ofPrimary(proposalReadRefusal)],
  [opcodes.functionManagement, ofPrimary(functionRefusal)],
  [opcodes.functionReceive, ofPrimary(proposalReadRefusal)],
  ...vendorMigrationOpcodes.map((opcode) => [opcode, ofPrimary(vendorRefusal)] as const),
]);

/**
 * Why a controller refused a command, from the state that it is in now, which a refused command has not changed. Null
 * where the status alone says all there is to say.
 */
export function refusalOf(
  host: CommandingHost,
  controller: SimulatedController,
  command: AdminCommand,
  { sct, sc }: Pick<AdminCompletion, 'sct' | 'sc'>,
): Refusal | null {
  const status = statusNameOf(sct, sc);
  if (status === undefined || status === 'success') return null;
  const refused = { host, controller, command, status };
  if (status === 'invalidOpcode') return missingCommand(refused);
  if (status === 'sanitizeInProgress') return sanitizeRuns(refused);
  return tellers.get(command.opcode)?.(refused) ?? null;
}

function statusNameOf(sct: number, sc: number): StatusName | undefined {
  const names = Object.keys(statusCodes) as StatusName[];
  return names.find((name) => statusCodes[name].sct === sct && statusCodes[name].sc === sc);
}
