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
import type { AdminQueue } from '../hosts/admin-queue.ts';
import { askController } from '../nvme/ask-controller.ts';
import type { Clock } from '../ports.ts';

/** The virtual subsystem identifier that a controlling function gave to a virtual NQN. */
export async function findVsid(
  queue: AdminQueue,
  nqn: string,
  { timeoutMilliseconds, clock }: { readonly timeoutMilliseconds: number; readonly clock: Clock },
): Promise<Result<number>> {
  const receive = <T>(command: AdminCommand, decode: (data: Uint8Array) => Result<T>) =>
    askController(
      queue,
      { command, object: 'The controlling function', what: 'Virtual Subsystem Receive', decode },
      { timeoutMilliseconds, clock },
    );
  const transfer = { readLength: virtualSubsystemLength };
  const list = await receive(listVirtualSubsystems.encode({}, transfer), decodeVirtualSubsystemList);
  if (!list.ok) return list;
  for (const { vsid } of list.value.entries) {
    const subsystem = await receive(getVirtualSubsystem.encode({ vsid }, transfer), decodeVirtualSubsystem);
    if (!subsystem.ok) return subsystem;
    if (subsystem.value.identity.vnqn === nqn) return succeed(vsid);
  }
  return fail('not-found', `The controlling function has no virtual subsystem ${nqn}.`, {
    object: nqn,
    fix: 'Read the fleet again; it may have been deleted.',
  });
}
