import {
  identifyStructures as cns,
  identifyCommand,
  identifyLength,
} from '#shared/nvme/commands/identify.ts';
import type { NamedValue } from '#shared/nvme/commands/named-value.ts';
import { decodeNamespaceList } from '#shared/nvme/layouts/lists/namespace-list.ts';
import { type Result, succeed } from '#shared/result.ts';
import { type AskedController, askController, exactLength } from '../nvme/ask-controller.ts';

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

/** Asks what a guest asks, through the controlled function's own admin queue. */
export async function readGuestAnswers(guest: AskedController): Promise<Result<GuestAnswers>> {
  const controller = await readIdentify(guest, cns.controller);
  if (!controller.ok) return controller;
  const list = await readIdentify(guest, cns.activeNamespaces);
  if (!list.ok) return list;
  const active = decodeNamespaceList(list.value);
  if (!active.ok) return active;
  const namespaces = new Map<number, { identify: Uint8Array; descriptors: Uint8Array }>();
  for (const nsid of active.value.identifiers) {
    const namespace = await readIdentify(guest, cns.namespace, nsid);
    if (!namespace.ok) return namespace;
    const descriptors = await readIdentify(guest, cns.namespaceDescriptors, nsid);
    if (!descriptors.ok) return descriptors;
    namespaces.set(nsid, { identify: namespace.value, descriptors: descriptors.value });
  }
  return succeed({ controller: controller.value, activeNamespaces: active.value.identifiers, namespaces });
}

/** One Identify with exactly 4,096 bytes of data. */
export async function readIdentify(
  controller: AskedController,
  structure: NamedValue,
  nsid = 0,
): Promise<Result<Uint8Array>> {
  const what = `Identify, CNS ${structure.value.toString(16).padStart(2, '0')}h`;
  return askController(controller, {
    command: identifyCommand(structure, { nsid }),
    what,
    decode: exactLength(identifyLength, { object: controller.object, what }),
  });
}
