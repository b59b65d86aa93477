import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { resourceTypes, virtualizationManagement } from '#shared/nvme/commands/virtualization-management.ts';
import { type StatusName, statusCodes } from '#shared/nvme/status.ts';

/** First byte of a dword of the submission queue entry. */
const bytes = { opcode: 0, nsid: 4, cdw10: 40, cdw11: 44 } as const;
/** The error is not that of one parameter. */
export const noParameter = 0xffff;

const locations: Readonly<Partial<Record<StatusName, (command: AdminCommand) => number>>> = {
  invalidOpcode: () => bytes.opcode,
  commandIdConflict: () => 2,
  invalidNamespace: () => bytes.nsid,
  invalidQueueIdentifier: () => bytes.cdw10,
  invalidQueueDeletion: () => bytes.cdw10,
  invalidQueueSize: () => bytes.cdw10 + 2,
  completionQueueInvalid: () => bytes.cdw11 + 2,
  invalidInterruptVector: () => bytes.cdw11 + 2,
  invalidLogPage: () => bytes.cdw10,
  invalidFormat: () => bytes.cdw10,
  featureNotSaveable: () => bit(bytes.cdw10 + 3, 7),
  featureNotChangeable: () => bytes.cdw10,
  featureNotNamespaceSpecific: () => bytes.nsid,
  invalidControllerIdentifier: controllerIdentifier,
  invalidControllerDataQueue: () => bytes.cdw11,
  invalidNumberOfResources: () => bytes.cdw11,
  invalidResourceIdentifier: (command) =>
    virtualizationManagement.decode(command).rt > resourceTypes.virtualInterrupt.value
      ? bytes.cdw10 + 1
      : bytes.cdw11,
};

const byCode: ReadonlyMap<number, (command: AdminCommand) => number> = new Map(
  Object.entries(locations).map(([name, location]) => {
    const { sct, sc } = statusCodes[name as StatusName];
    return [(sct << 8) | sc, location];
  }),
);

/**
 * Parameter Error Location (NVMe Base 2.1, 5.1.12.1.2): the byte of the submission queue entry in 7:0, the bit in 10:8;
 * FFFFh where the status alone does not tell which parameter was wrong.
 */
export function parameterErrorLocation(
  command: AdminCommand,
  completion: Pick<AdminCompletion, 'sct' | 'sc'>,
): number {
  return byCode.get((completion.sct << 8) | completion.sc)?.(command) ?? noParameter;
}

function controllerIdentifier({ opcode, cdw10 }: AdminCommand): number {
  switch (opcode) {
    case adminOpcodes.virtualizationManagement:
    case adminOpcodes.virtualSubsystemManagement:
    case adminOpcodes.virtualSubsystemReceive:
      return bytes.cdw10 + 2;
    case adminOpcodes.controllerDataQueue:
      return (cdw10 & 0xff) === 0 ? bytes.cdw11 + 2 : bytes.cdw11;
    default:
      return bytes.cdw11;
  }
}

function bit(byte: number, position: number): number {
  return byte | (position << 8);
}
