import { announcedBy } from '#shared/nvme/announcements/announcements.ts';
import { opcodeName } from '#shared/nvme/commands/table.ts';
import type { Refusal } from '../../refusal.ts';
import { commandTable } from '../commands/command-table.ts';
import { announces } from '../controller/announced.ts';
import { shownTemplate } from '../controller/shown-identity.ts';
import { isSecondary } from '../state/controller.ts';
import { change, controllerName, deviceForLine, hex, type RefusedCommand } from './refused-command.ts';

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
  const device = deviceForLine(host, controller);
  const by = announcedBy.adminCommands.get(command.opcode)?.by;
  if (by?.field === 'oacs' && !announces(controller, by)) {
    const template = shownTemplate(controller);
    const announced = new DataView(template.buffer, template.byteOffset).getUint16(by.offset, true);
    return change(
      `${who} does not have ${name}: OACS is ${hex(announced)}, its bit ${31 - Math.clz32(by.mask)} is 0`,
      `Use a drive that has it; nvme id-ctrl ${device} -H says what this one has`,
    );
  }
  return change(
    `${who} does not have ${name} (opcode ${hex(command.opcode)}): it is not among its supported commands`,
    `Use a drive that has it; nvme effects-log ${device} lists the commands of this one`,
  );
}
