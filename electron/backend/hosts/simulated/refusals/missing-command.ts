import { opcodeName, adminOpcodes as opcodes } from '#shared/nvme/commands/table.ts';
import type { Refusal } from '../../refusal.ts';
import { commandTable } from '../commands/command-table.ts';
import { shownTemplate } from '../controller/shown-identity.ts';
import { isSecondary } from '../state/controller.ts';
import { change, controllerName, deviceForLine, hex, type RefusedCommand } from './refused-command.ts';

/** Where OACS stands in Identify Controller. */
const optionalCommandsOffset = 256;

/** The bit of OACS that announces a command (NVMe Base 2.1, 5.1.13.2.1). */
const announcedBy: Readonly<Partial<Record<number, number>>> = {
  [opcodes.securitySend]: 0,
  [opcodes.formatNvm]: 1,
  [opcodes.firmwareCommit]: 2,
  [opcodes.namespaceManagement]: 3,
  [opcodes.namespaceAttachment]: 3,
  [opcodes.deviceSelfTest]: 4,
  [opcodes.directiveSend]: 5,
  [opcodes.virtualizationManagement]: 7,
  [opcodes.lockdown]: 10,
  [opcodes.migrationSend]: 11,
  [opcodes.migrationReceive]: 11,
};

/** Why a controller does not have a command at all. */
export function missingCommand({ host, controller, command }: RefusedCommand): Refusal {
  const name = opcodeName(command.opcode);
  const who = controllerName(host, controller);
  if (isSecondary(controller)) {
    const { primary } = controller.part;
    const isThere = commandTable.get(command.opcode)?.on(primary) != null;
    if (isThere)
      return change(
        `${who} is a secondary controller; ${name} belongs to its primary controller, ${controllerName(host, primary)}`,
        `Send the command to ${deviceForLine(host, primary)}`,
      );
  }
  const bit = announcedBy[command.opcode];
  const template = shownTemplate(controller);
  const announced =
    (template[optionalCommandsOffset] ?? 0) | ((template[optionalCommandsOffset + 1] ?? 0) << 8);
  const device = deviceForLine(host, controller);
  if (bit !== undefined && ((announced >> bit) & 1) === 0)
    return change(
      `${who} does not have ${name}: OACS is ${hex(announced)}, its bit ${bit} is 0`,
      `Use a drive that has it; nvme id-ctrl ${device} -H says what this one has`,
    );
  return change(
    `${who} does not have ${name} (opcode ${hex(command.opcode)}): it is not among its supported commands`,
    `Use a drive that has it; nvme effects-log ${device} lists the commands of this one`,
  );
}
