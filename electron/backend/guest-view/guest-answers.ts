import { adminCommand, isSuccess } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { decodeNamespaceList } from '#shared/nvme/layouts/lists/namespace-list.ts';
import { describeStatus } from '#shared/nvme/status.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { AdminQueue } from '../hosts/admin-queue.ts';

const identifyLength = 4096;
/** Controller or Namespace Structure values of Identify (NVMe Base 2.1, 5.1.13). */
const cns = { namespace: 0x00, controller: 0x01, activeNamespaces: 0x02, descriptors: 0x03 } as const;

/** What a guest reads from its controller and may have cached. */
export interface GuestAnswers {
  /** Identify Controller, 4,096 bytes. */
  readonly controller: Uint8Array;
  /** NSIDs of the Active Namespace ID list. */
  readonly activeNamespaces: readonly number[];
  /** Identify Namespace and the Namespace Identification Descriptors, 4,096 bytes each, by NSID. */
  readonly namespaces: ReadonlyMap<
    number,
    { readonly identify: Uint8Array; readonly descriptors: Uint8Array }
  >;
}

/** Asks what a guest asks, through the controlled function's own admin queue. `device` is for error messages. */
export async function readGuestAnswers(queue: AdminQueue, device: string): Promise<Result<GuestAnswers>> {
  const controller = await identify(queue, device, cns.controller);
  if (!controller.ok) return controller;
  const list = await identify(queue, device, cns.activeNamespaces);
  if (!list.ok) return list;
  const active = decodeNamespaceList(list.value);
  if (!active.ok) return active;
  const namespaces = new Map<number, { identify: Uint8Array; descriptors: Uint8Array }>();
  for (const nsid of active.value.identifiers) {
    const namespace = await identify(queue, device, cns.namespace, nsid);
    if (!namespace.ok) return namespace;
    const descriptors = await identify(queue, device, cns.descriptors, nsid);
    if (!descriptors.ok) return descriptors;
    namespaces.set(nsid, { identify: namespace.value, descriptors: descriptors.value });
  }
  return succeed({ controller: controller.value, activeNamespaces: active.value.identifiers, namespaces });
}

/** One Identify with exactly 4,096 bytes of data. */
export async function identify(
  queue: AdminQueue,
  device: string,
  structure: number,
  nsid = 0,
): Promise<Result<Uint8Array>> {
  const command = { opcode: adminOpcodes.identify, nsid, cdw10: structure, readLength: identifyLength };
  const answer = await queue.submit(adminCommand(command));
  if (!answer.ok) return answer;
  const what = `Identify, CNS ${structure.toString(16).padStart(2, '0')}h`;
  if (!isSuccess(answer.value))
    return fail('device-status', `${device} refused ${what}: ${describeStatus(answer.value)}.`, {
      object: device,
      field: what,
      fix: 'Check that the controller is online.',
    });
  const { data } = answer.value;
  if (data?.length !== identifyLength)
    return fail('device-data', `${device} answered ${what} with ${data?.length ?? 0} bytes.`, {
      object: device,
      field: what,
      fix: `${identifyLength} bytes are expected; report this to the maker of the controller.`,
    });
  return succeed(data);
}
