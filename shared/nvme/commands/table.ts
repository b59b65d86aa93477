import { hexadecimal, suffixedHexadecimal } from '../../hexadecimal.ts';
import { type AdminCommand, adminCommand } from '../command.ts';
import {
  type NvmeCliGeneration,
  type NvmeCliLine,
  nvmeCliLine,
  spellLine,
} from '../nvme-cli/nvme-cli-line.ts';
import { abort } from './abort.ts';
import { asynchronousEventRequest } from './asynchronous-event-request.ts';
import type { CommandDefinition, CommandLineNames } from './define-command.ts';
import { getFeatures, setFeatures } from './features.ts';
import { formatNvm } from './format-nvm.ts';
import { getLogPage } from './get-log-page.ts';
import { identify } from './identify.ts';
import { keepAlive } from './keep-alive.ts';
import { controllerDataQueue } from './migration/controller-data-queue.ts';
import { migrationReceive } from './migration/migration-receive.ts';
import { migrationSend } from './migration/migration-send.ts';
import { trackReceive } from './migration/track-receive.ts';
import { trackSend } from './migration/track-send.ts';
import {
  vendorLoadData,
  vendorQueryDataSize,
  vendorResume,
  vendorSaveData,
  vendorSuspend,
} from './migration/vendor-migration.ts';
import { namedOnlyCommands } from './named-only.ts';
import { paddedHexadecimal } from './named-value.ts';
import { namespaceAttachment } from './namespace-attachment.ts';
import { namespaceManagement } from './namespace-management.ts';
import { namespaceOption } from './option-text.ts';
import { functionManagement } from './proposal/function-management.ts';
import { functionReceive } from './proposal/function-receive.ts';
import { virtualSubsystemManagement } from './proposal/virtual-subsystem-management.ts';
import { virtualSubsystemReceive } from './proposal/virtual-subsystem-receive.ts';
import {
  createCompletionQueue,
  createSubmissionQueue,
  deleteCompletionQueue,
  deleteSubmissionQueue,
} from './queues.ts';
import { sanitize } from './sanitize.ts';
import { virtualizationManagement } from './virtualization-management.ts';

/**
 * Every admin command that Berth knows. From opcode C1h on they are vendor specific: C1h, C2h, C5h and C6h belong to
 * Berth's proposal of virtual subsystems and functions and are not an NVMe standard; the other five are those of the
 * vendor-opcode device of the series of December 2022. No device has both, and no opcode has two meanings.
 */
export const adminCommands = {
  deleteSubmissionQueue,
  createSubmissionQueue,
  getLogPage,
  deleteCompletionQueue,
  createCompletionQueue,
  identify,
  abort,
  setFeatures,
  getFeatures,
  asynchronousEventRequest,
  namespaceManagement,
  namespaceAttachment,
  keepAlive,
  virtualizationManagement,
  trackSend,
  trackReceive,
  migrationSend,
  migrationReceive,
  controllerDataQueue,
  formatNvm,
  sanitize,
  virtualSubsystemManagement,
  virtualSubsystemReceive,
  functionManagement,
  functionReceive,
  vendorQueryDataSize,
  vendorSuspend,
  vendorResume,
  vendorSaveData,
  vendorLoadData,
  ...namedOnlyCommands,
};

/** The name of an admin command in this program. */
export type AdminCommandName = keyof typeof adminCommands;

/** The opcode of every admin command, by its name in this program. */
export const adminOpcodes = Object.fromEntries(
  Object.entries(adminCommands).map(([name, { opcode }]) => [name, opcode]),
) as Readonly<Record<AdminCommandName, number>>;

const byOpcode: ReadonlyMap<number, CommandDefinition> = new Map(
  Object.values(adminCommands).map((definition) => [definition.opcode, definition as CommandDefinition]),
);

/** Which way the data of a command travels, from the two lowest bits of its opcode (NVMe Base 2.1, 3.3.3.1). */
export type DataDirection = 'none' | 'to-controller' | 'from-controller' | 'both';

const directions: readonly DataDirection[] = ['none', 'to-controller', 'from-controller', 'both'];

export function dataDirection(opcode: number): DataDirection {
  return directions[opcode & 3] ?? 'none';
}

/** Commands that bring no data and change nothing that lasts, although their opcode does not say so. */
const lookingOpcodes: ReadonlySet<number> = new Set([
  abort.opcode,
  asynchronousEventRequest.opcode,
  keepAlive.opcode,
  vendorQueryDataSize.opcode,
]);

/**
 * Whether a command may change something on the controller or on those that it manages: everything but what reads, by its
 * data direction, and the few that are listed. An opcode without a name counts as one that does.
 */
export function changesController(opcode: number): boolean {
  return dataDirection(opcode) !== 'from-controller' && !lookingOpcodes.has(opcode);
}

/** The command's name, or what is known of an opcode without one. */
export function opcodeName(opcode: number): string {
  const name = byOpcode.get(opcode)?.name;
  if (name !== undefined) return name;
  const shown = suffixedHexadecimal(opcode);
  return opcode >= 0xc0 ? `Vendor Specific ${shown}` : `Reserved opcode ${shown}`;
}

/** A command in words: `Virtualization Management · Secondary Assign`, `CNTLID 0x0011 VQ NR 4`. */
export interface CommandDescription {
  readonly name: string;
  readonly words: string;
}

/** Decodes any admin command into words; an unknown one into its opcode and the dwords that are not zero. */
export function describeCommand(command: AdminCommand): CommandDescription {
  const name = opcodeName(command.opcode);
  const said = byOpcode.get(command.opcode)?.words?.(command);
  if (said === undefined) return { name, words: dwordWords(command) };
  const [operation, words] = said;
  return { name: operation === undefined ? name : `${name} · ${operation}`, words };
}

function dwordWords(command: AdminCommand): string {
  const { nsid, cdw10, cdw11, cdw12, cdw13, cdw14, cdw15 } = command;
  const words = Object.entries({ nsid, cdw10, cdw11, cdw12, cdw13, cdw14, cdw15 })
    .filter(([, value]) => value !== 0)
    .map(([key, value]) => `${key.toUpperCase()} ${paddedHexadecimal(value >>> 0, 8)}`);
  const direction = dataDirection(command.opcode);
  if (direction === 'from-controller' && command.readLength > 0) words.push(`${command.readLength} bytes in`);
  if (direction === 'to-controller' && command.data) words.push(`${command.data.length} bytes out`);
  return words.join(' ');
}

/**
 * The shell line that sends the same command, as the generation of nvme-cli spells it, or as `nvme admin-passthru` where
 * nvme-cli has no command of its own. `device` is the path of the controller (`/dev/nvme0`). The `virtual_subsys_…` and
 * `virtual_function_…` lines are those of the proposal; only Berth's own console understands them.
 */
export function commandLine(
  command: AdminCommand,
  device: string,
  names: CommandLineNames = {},
  generation: NvmeCliGeneration = '2.x',
): string {
  const line = byOpcode.get(command.opcode)?.line?.(command, names) ?? passthroughLine(command);
  return spellLine(line, device, generation);
}

/** `nvme admin-passthru`, the same in every generation; what goes to the controller comes from a file. */
function passthroughLine(command: AdminCommand): NvmeCliLine {
  const { cdw10, cdw11, cdw12, cdw13, cdw14, cdw15, data, readLength } = command;
  const dwords = Object.entries({ cdw10, cdw11, cdw12, cdw13, cdw14, cdw15 })
    .filter(([, value]) => value !== 0)
    .map(([key, value]) => [key, hexadecimal(value >>> 0)]);
  const start = {
    opcode: hexadecimal(command.opcode),
    'namespace-id': namespaceOption(command),
    ...Object.fromEntries(dwords),
  };
  const direction = dataDirection(command.opcode);
  if (direction === 'from-controller' && readLength > 0)
    return nvmeCliLine('admin-passthru', {
      ...start,
      'data-len': readLength,
      read: true,
      'raw-binary': true,
    });
  if (direction === 'to-controller' && data !== undefined && data.length > 0)
    return nvmeCliLine('admin-passthru', {
      ...start,
      'data-len': data.length,
      write: true,
      'input-file': 'data.bin',
    });
  return nvmeCliLine('admin-passthru', start);
}

/**
 * The line of a command of which only the dwords are known, as in a trace: where data went to the controller, it reads
 * them from a file, rather than sending something else.
 */
export function tracedCommandLine(
  command: Omit<AdminCommand, 'data' | 'readLength'>,
  dataLength: number,
  device: string,
  generation: NvmeCliGeneration,
): string {
  const sendsData = dataDirection(command.opcode) === 'to-controller' && dataLength > 0;
  if (!sendsData)
    return commandLine(adminCommand({ ...command, readLength: dataLength }), device, {}, generation);
  const whole = adminCommand({ ...command, data: new Uint8Array(dataLength) });
  return spellLine(passthroughLine(whole), device, generation);
}
