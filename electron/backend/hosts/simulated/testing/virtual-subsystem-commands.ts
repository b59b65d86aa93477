import type { AdminCommand } from '#shared/nvme/command.ts';
import { virtualSubsystemManagement } from '#shared/nvme/commands/proposal/virtual-subsystem-management.ts';
import { virtualSubsystemReceive } from '#shared/nvme/commands/proposal/virtual-subsystem-receive.ts';
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
  return virtualSubsystemManagement.encode({ sel, vsid, cntlid, vcid }, data ? { data } : {});
}

export const receiveVirtual = (sel: number, vsid = 0, readLength = 4096): AdminCommand =>
  virtualSubsystemReceive.encode({ sel, vsid }, { readLength });
