import { type AdminCommand, adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import {
  blankVirtualSubsystemIdentity,
  encodeVirtualSubsystemIdentity,
} from '#shared/nvme/layouts/proposal/virtual-subsystem-identity.ts';

/** Builders of the proposed virtual subsystem commands for tests. */

/** An identity that replaces serial number, model number and firmware revision. */
export function identityBytes(vnqn: string): Uint8Array {
  const encoded = encodeVirtualSubsystemIdentity({
    ...blankVirtualSubsystemIdentity(),
    vnqn,
    sn: 'VIRTUAL1'.padEnd(20),
    mn: 'Virtual Drive'.padEnd(40),
    fr: '9.9'.padEnd(8),
    ovr: 7,
  });
  if (!encoded.ok) throw new Error(encoded.error.message);
  return encoded.value;
}

export function manageVirtual(
  sel: number,
  fields: { vsid?: number; cntlid?: number; vcid?: number; data?: Uint8Array } = {},
): AdminCommand {
  const { vsid = 0, cntlid = 0, vcid = 0, data } = fields;
  return adminCommand({
    opcode: adminOpcodes.virtualSubsystemManagement,
    cdw10: ((cntlid << 16) | sel) >>> 0,
    cdw11: ((vsid << 16) | vcid) >>> 0,
    ...(data ? { data } : {}),
  });
}

export const receiveVirtual = (sel: number, vsid = 0, readLength = 4096): AdminCommand =>
  adminCommand({
    opcode: adminOpcodes.virtualSubsystemReceive,
    cdw10: sel,
    cdw11: (vsid << 16) >>> 0,
    readLength,
  });
