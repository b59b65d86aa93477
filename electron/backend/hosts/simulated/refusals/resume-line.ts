import { migrationSendSelectors } from '#shared/nvme/commands/migration/migration-send.ts';
import { nvmeCliLine, spellLine } from '#shared/nvme/nvme-cli/nvme-cli-line.ts';
import { isSecondary, type SimulatedController } from '../state/controller.ts';
import { type CommandingHost, devicePath } from './refused-command.ts';

/** The line that resumes a suspended controller; null where this host has no device to send it to. */
export function resumeLine(host: CommandingHost, controller: SimulatedController): string | null {
  if (!isSecondary(controller)) return null;
  const { primary } = controller.part;
  const device = devicePath(host, primary);
  // With the vendor's opcodes it is a command that nvme-cli has no line for.
  if (device === null || !primary.subsystem.profile.migrates) return null;
  const values = { cntlid: controller.cntlid, sel: migrationSendSelectors.resume.value };
  return spellLine(nvmeCliLine('lm migration-send', values), device, '2.x');
}
