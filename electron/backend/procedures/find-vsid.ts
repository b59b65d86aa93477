import { adminCommand, isSuccess } from '#shared/nvme/command.ts';
import { virtualSubsystemReceiveSelectors } from '#shared/nvme/commands/proposal/virtual-subsystem-receive.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import {
  decodeVirtualSubsystem,
  virtualSubsystemLength,
} from '#shared/nvme/layouts/proposal/virtual-subsystem.ts';
import { decodeVirtualSubsystemList } from '#shared/nvme/layouts/proposal/virtual-subsystem-list.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { withTimeout } from '../fleet/read/with-timeout.ts';
import type { AdminQueue } from '../hosts/admin-queue.ts';
import type { Clock } from '../ports.ts';

/** The virtual subsystem identifier that a controlling function gave to a virtual NQN. */
export async function findVsid(
  queue: AdminQueue,
  nqn: string,
  { timeoutMilliseconds, clock }: { readonly timeoutMilliseconds: number; readonly clock: Clock },
): Promise<Result<number>> {
  const receive = async (sel: number, vsid: number): Promise<Result<Uint8Array>> => {
    const command = adminCommand({
      opcode: adminOpcodes.virtualSubsystemReceive,
      cdw10: sel,
      cdw11: vsid * 0x1_0000,
      readLength: virtualSubsystemLength,
    });
    const about = { object: nqn, what: 'Virtual Subsystem Receive' };
    const answer = await withTimeout(queue.submit(command), timeoutMilliseconds, about, clock);
    if (!answer.ok) return answer;
    return isSuccess(answer.value) && answer.value.data !== undefined
      ? succeed(answer.value.data)
      : fail('device-status', 'The controller does not list its virtual subsystems.', { object: nqn });
  };
  const listBytes = await receive(virtualSubsystemReceiveSelectors.list.value, 0);
  if (!listBytes.ok) return listBytes;
  const list = decodeVirtualSubsystemList(listBytes.value);
  if (!list.ok) return list;
  for (const { vsid } of list.value.entries) {
    const bytes = await receive(virtualSubsystemReceiveSelectors.get.value, vsid);
    if (!bytes.ok) return bytes;
    const subsystem = decodeVirtualSubsystem(bytes.value);
    if (!subsystem.ok) return subsystem;
    if (subsystem.value.identity.vnqn === nqn) return succeed(vsid);
  }
  return fail('not-found', `The controlling function has no virtual subsystem ${nqn}.`, {
    object: nqn,
    fix: 'Read the fleet again; it may have been deleted.',
  });
}
