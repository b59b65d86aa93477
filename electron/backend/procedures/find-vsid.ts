import type { AdminCommand } from '#shared/nvme/command.ts';
import {
  getVirtualSubsystem,
  listVirtualSubsystems,
} from '#shared/nvme/commands/proposal/virtual-subsystem-receive.ts';
import {
  decodeVirtualSubsystem,
  virtualSubsystemLength,
} from '#shared/nvme/layouts/proposal/virtual-subsystem.ts';
import { decodeVirtualSubsystemList } from '#shared/nvme/layouts/proposal/virtual-subsystem-list.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { type AskedController, askController } from '../nvme/ask-controller.ts';

/** The virtual subsystem identifier that a controlling function gave to a virtual NQN. */
export async function findVsid(controlling: AskedController, nqn: string): Promise<Result<number>> {
  const receive = <T>(command: AdminCommand, decode: (data: Uint8Array) => Result<T>) =>
    askController(controlling, { command, what: 'Virtual Subsystem Receive', decode });
  const transfer = { readLength: virtualSubsystemLength };
  const list = await receive(listVirtualSubsystems.encode({}, transfer), decodeVirtualSubsystemList);
  if (!list.ok) return list;
  for (const { vsid } of list.value.entries) {
    const subsystem = await receive(getVirtualSubsystem.encode({ vsid }, transfer), decodeVirtualSubsystem);
    if (!subsystem.ok) return subsystem;
    if (subsystem.value.identity.vnqn === nqn) return succeed(vsid);
  }
  return fail('not-found', `${controlling.object} has no virtual subsystem ${nqn}.`, {
    object: nqn,
    fix: 'Read the fleet again; it may have been deleted.',
  });
}
