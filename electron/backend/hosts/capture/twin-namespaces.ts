import type { FleetFileInput } from '#shared/fleet-file/schema.ts';
import { decodeIdentifyNamespace } from '#shared/nvme/layouts/identify/identify-namespace.ts';
import { decodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import { decodeNamespaceList } from '#shared/nvme/layouts/lists/namespace-list.ts';
import { capturedIdentify } from './capture.ts';
import type { RecordedAnswer } from './controller-record.ts';
import type { CapturedController } from './snapshot.ts';
import type { TwinContext } from './twin-context.ts';

type NamespaceInput = NonNullable<NonNullable<FleetFileInput['subsystems']>[number]['namespaces']>[number];

/** The namespaces of one subsystem with their attachments, as its controllers list them. */
export function twinNamespaces(
  context: TwinContext,
  nqn: string,
  controllers: readonly CapturedController[],
): NamespaceInput[] {
  // Virtual functions have lists of their own, and a private namespace may show in one of them only.
  const all = context.capture.controllers.filter(
    (known) =>
      controllers.includes(known) ||
      controllers.some((primary) => known.function?.virtualFunction?.physicalFunction === primary.address),
  );
  const nsids = new Set<number>();
  for (const { record } of all)
    for (const list of [record?.allocatedNamespaces, record?.activeNamespaces])
      for (const nsid of identifiers(list)) nsids.add(nsid);
  return [...nsids].sort((a, b) => a - b).map((nsid) => namespace(context, `${nqn}#${nsid}`, nsid, all));
}

function namespace(
  context: TwinContext,
  key: string,
  nsid: number,
  controllers: readonly CapturedController[],
): NamespaceInput {
  const attached = attachedTo(controllers, nsid);
  const bytes = context.capture.namespaceIdentities.get(key);
  const decoded = bytes === undefined ? null : decodeIdentifyNamespace(bytes);
  const uuid = controllers.map((known) => known.device?.namespaces.get(nsid)?.uuid).find((known) => known);
  if (bytes === undefined || !decoded?.ok) {
    context.undescribed.add(key);
    context.notes.push({
      source: context.capture.snapshot,
      field: key,
      message: `Namespace ${key} was never identified; the twin gives it a size of one block`,
      fix: 'Attach it to a controller and record the capture again',
    });
    return { nsid, blocks: 1, uuid: uuid ?? '', attachedTo: attached };
  }
  const identity = decoded.value;
  // FLBAS 3:0 and, above 16 formats, bits 6:5 select the format (NVM Command Set 1.1, 4.1.5.1).
  const format = identity.lbafs[(identity.flbas & 0xf) | ((identity.flbas >> 1) & 0x30)];
  const shared = (identity.nmic & 1) === 1;
  return {
    nsid,
    blocks: Number(identity.nsze),
    blockSize: 2 ** (format?.ds ?? 9),
    metadataSize: format?.ms ?? 0,
    shared,
    nguid: /[1-9a-f]/.test(identity.nguid) ? identity.nguid : '',
    eui64: /[1-9a-f]/.test(identity.eui64) ? identity.eui64 : '',
    uuid: uuid ?? '',
    attachedTo: attached,
    attachedToNewFunctions: shared && attachedToPrimary(controllers, attached),
    identifyNamespace: Buffer.from(bytes).toString('base64'),
  };
}

/** Such devices attach to a new virtual function what they attached to its physical function when they started. */
function attachedToPrimary(controllers: readonly CapturedController[], attached: readonly number[]): boolean {
  const primaries = controllers.filter((known) => known.function?.sriov != null);
  return primaries.some((primary) => attached.includes(capturedIdentify(primary)?.cntlid ?? -1));
}

/** CNTLIDs from the namespace's own controller list, or from the active lists of the controllers that were asked. */
function attachedTo(controllers: readonly CapturedController[], nsid: number): number[] {
  const attached = new Set<number>();
  for (const controller of controllers) {
    const answer = controller.record?.namespaces.get(nsid)?.attached;
    const list = answer?.kind === 'value' ? decodeControllerList(answer.value) : null;
    if (list?.ok) for (const cntlid of list.value.identifiers) attached.add(cntlid);
    const own = capturedIdentify(controller)?.cntlid ?? controller.device?.cntlid;
    if (own != null && identifiers(controller.record?.activeNamespaces).includes(nsid)) attached.add(own);
  }
  return [...attached].sort((a, b) => a - b);
}

function identifiers(answer: RecordedAnswer | null | undefined): readonly number[] {
  if (answer?.kind !== 'value') return [];
  const list = decodeNamespaceList(answer.value);
  return list.ok ? list.value.identifiers : [];
}
